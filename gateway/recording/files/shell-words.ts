import { PATH_BYTES_MAX } from './file-statement.ts'

/** A command that names more paths is shown with these. */
const PATHS_MAX = 1000
/** Ends a simple command (POSIX.1-2017, Shell Command Language §2.9). */
const SEPARATORS = new Set([';', '&', '|', '\n', '(', ')', '<', '>'])
const BLANKS = new Set([' ', '\t'])
/** What a backslash takes the meaning of between double quotes (§2.2.3). */
const ESCAPED_IN_QUOTES = new Set(['$', '`', '"', '\\'])

/**
 * The simple commands of a command line, each as its words: quotes and backslashes are taken away, nothing is
 * expanded. The text is latin1, a character for each byte.
 */
export function shellWords(line: string): string[][] {
  const commands: string[][] = [[]]
  let word: string | undefined
  const endWord = () => {
    if (word !== undefined) commands.at(-1)?.push(word)
    word = undefined
  }
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? ''
    if (character === '\\') word = (word ?? '') + (line[++at] ?? '')
    else if (character === "'" || character === '"') {
      const quoted = quotedText(line, at)
      word = (word ?? '') + quoted.text
      at = quoted.end
    } else if (BLANKS.has(character)) endWord()
    else if (SEPARATORS.has(character)) {
      endWord()
      commands.push([])
    } else word = (word ?? '') + character
  }
  endWord()
  return commands.filter((words) => words.length > 0)
}

/** What stands between the quote at `at` and the one that closes it, which is at `end`. */
function quotedText(line: string, at: number): { text: string; end: number } {
  const quote = line[at]
  let text = ''
  let end = at + 1
  for (; end < line.length && line[end] !== quote; end++) {
    const next = line[end + 1] ?? ''
    if (quote === '"' && line[end] === '\\' && ESCAPED_IN_QUOTES.has(next)) end++
    text += line[end] ?? ''
  }
  return { text, end }
}

/** Words as paths, in bytes. */
export function pathsOf(words: readonly string[]): Buffer[] {
  return words.slice(0, PATHS_MAX).map((word) => Buffer.from(word.slice(0, PATH_BYTES_MAX + 1), 'latin1'))
}
