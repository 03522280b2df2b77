import type { Terminal } from '@xterm/headless'

/** What shells say about themselves by OSC 133 (FinalTerm), 633 (VS Code), 7, 9;9 and 1337 (directories). */
export type ShellMark =
  | { readonly kind: 'prompt' }
  | { readonly kind: 'input' }
  /** The command was taken; `text` where the shell says it. */
  | { readonly kind: 'begin'; readonly text: string | undefined }
  | { readonly kind: 'end'; readonly status: number | undefined }
  | { readonly kind: 'directory'; readonly path: string }

/** Longer ones are no marks of a shell. */
const MARK_MAX = 16_384

/** Tells of every mark as the parser comes to it. Any program can print them: they are hints. */
export function watchShellMarks(terminal: Terminal, onMark: (mark: ShellMark) => void): void {
  let said: string | undefined
  const take = (data: string) => {
    if (data.length > MARK_MAX) return true
    const [letter, ...fields] = data.split(';')
    if (letter === 'A') onMark({ kind: 'prompt' })
    else if (letter === 'B') onMark({ kind: 'input' })
    else if (letter === 'E') said = unescaped(fields[0] ?? '')
    else if (letter === 'P') directory(/^Cwd=(.*)$/s.exec(fields.join(';'))?.[1])
    else if (letter === 'D') onMark({ kind: 'end', status: statusOf(fields[0]) })
    else if (letter === 'C') {
      onMark({ kind: 'begin', text: said ?? commandIn(fields) })
      said = undefined
    }
    return true
  }
  const directory = (path: string | undefined) => {
    if (path !== undefined && path !== '') onMark({ kind: 'directory', path })
    return true
  }
  terminal.parser.registerOscHandler(133, take)
  terminal.parser.registerOscHandler(633, take)
  terminal.parser.registerOscHandler(7, (data) => directory(decoded(/^file:\/\/[^/]*(\/.*)$/s.exec(data)?.[1])))
  terminal.parser.registerOscHandler(9, (data) => directory(/^9;"?([^"]*)/.exec(data)?.[1]))
  terminal.parser.registerOscHandler(1337, (data) => directory(/^CurrentDir=(.*)$/s.exec(data)?.[1]))
}

/** fish names the command, percent-encoded; what kitty quotes for a shell is read from the screen. */
function commandIn(fields: readonly string[]): string | undefined {
  const url = fields.find((field) => field.startsWith('cmdline_url='))
  return url === undefined ? undefined : decoded(url.slice('cmdline_url='.length))
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** VS Code writes `\\` and `\xAB` for what cannot stand in an OSC. */
function unescaped(text: string): string {
  return text.replaceAll(/\\(?:\\|x([0-9a-f]{2}))/gi, (_, code: string | undefined) =>
    code === undefined ? '\\' : String.fromCharCode(Number.parseInt(code, 16)),
  )
}

/** Of a process: 0 to 255, and what Windows makes of it. */
function statusOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^-?\d{1,10}$/.test(text)) return undefined
  const status = Number(text)
  return Math.abs(status) <= 0x7fff_ffff ? status : undefined
}
