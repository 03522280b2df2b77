/** Two cells in a terminal: East Asian Width W and F (UAX #11), and what Unicode 11 shows as emoji by default. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
/** Written over the cell before: combining marks, and the vowels and finals of conjoining Hangul. */
const ZERO = /[\p{Mn}\p{Me}\u1160-\u11ff]/u
/** Controls, direction overrides, invisible and unassigned characters: they would move the cursor, or hide or swap text. */
const HARMFUL = /[\p{C}\p{Zl}\p{Zp}]/gu
const BEYOND_ASCII = /[^ -~]/gu

/** Text of others, safe to write to a terminal: one line, and nothing in it that is no visible character. */
export function harmless(text: string, utf8: boolean): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return utf8 ? line.replaceAll(HARMFUL, '\ufffd') : line.replaceAll(BEYOND_ASCII, '?')
}

/** Cells that harmless text takes. */
export function cellsOf(text: string): number {
  let cells = 0
  for (const character of text) cells += cellsOfCharacter(character)
  return cells
}

/** Harmless text in exactly `cells` cells: padded, or cut with a mark where something is missing. */
export function fitCells(text: string, cells: number, utf8: boolean): string {
  const width = cellsOf(text)
  if (width <= cells) return text + ' '.repeat(cells - width)
  const mark = utf8 ? '…' : '~'
  const kept = headOf(text, Math.max(cells - 1, 0))
  return cells < 1 ? '' : kept + mark + ' '.repeat(cells - 1 - cellsOf(kept))
}

/** Harmless text as lines of at most `cells` (2 or more) cells, broken between words where that is possible. */
export function wrapCells(text: string, cells: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (cellsOf(joined) <= cells) {
      line = joined
      continue
    }
    if (line !== '') lines.push(line)
    for (line = word; cellsOf(line) > cells;) {
      const head = headOf(line, cells)
      lines.push(head)
      line = line.slice(head.length)
    }
  }
  return [...lines, line]
}

/** As much of the beginning as fits. */
function headOf(text: string, cells: number): string {
  let left = cells
  let length = 0
  for (const character of text) {
    left -= cellsOfCharacter(character)
    if (left < 0) break
    length += character.length
  }
  return text.slice(0, length)
}

function cellsOfCharacter(character: string): number {
  if (ZERO.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}
