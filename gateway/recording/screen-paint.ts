import type { IBufferCell, IBufferLine } from '@xterm/headless'
import type { Pen } from './terminal-core.ts'

/** What `penText` gives for a pen without colours and attributes. */
export const DEFAULT_PEN = '\x1b[m'

function colour(pen: Pen, ground: 'fg' | 'bg'): string {
  const rgb = ground === 'fg' ? pen.isFgRGB() : pen.isBgRGB()
  const palette = ground === 'fg' ? pen.isFgPalette() : pen.isBgPalette()
  const value = ground === 'fg' ? pen.getFgColor() : pen.getBgColor()
  const base = ground === 'fg' ? 30 : 40
  if (rgb) return `;${base + 8};2;${(value >>> 16) & 0xff};${(value >>> 8) & 0xff};${value & 0xff}`
  if (!palette) return ''
  if (value >= 16) return `;${base + 8};5;${value}`
  return `;${value < 8 ? base + value : base + 52 + value}`
}

/** SGR (ECMA-48 §8.3.117) that sets exactly this pen, whatever was set before. */
export function penText(pen: Pen): string {
  const flags =
    (pen.isBold() ? ';1' : '') +
    (pen.isDim() ? ';2' : '') +
    (pen.isItalic() ? ';3' : '') +
    (pen.isUnderline() ? ';4' : '') +
    (pen.isBlink() ? ';5' : '') +
    (pen.isInverse() ? ';7' : '') +
    (pen.isInvisible() ? ';8' : '') +
    (pen.isStrikethrough() ? ';9' : '') +
    (pen.isOverline() ? ';53' : '')
  const chosen = flags + colour(pen, 'fg') + colour(pen, 'bg')
  return chosen === '' ? DEFAULT_PEN : `\x1b[0${chosen}m`
}

/**
 * The text that shows a line from its first column on, at most `columns` wide, on a line that is empty. Begins and
 * ends with the default pen. An erased cell that has a colour becomes a space of that colour, and so does what is
 * left of a wide character when the other half was overwritten.
 */
export function paintLine(line: IBufferLine, columns: number): string {
  let text = ''
  let pen = DEFAULT_PEN
  /** Where the cursor of whoever reads the text is; undefined where terminals disagree about a character's width. */
  let reached: number | undefined = 0
  const end = Math.min(line.length, columns)
  for (let column = 0; column < end;) {
    const cell = line.getCell(column)
    if (cell === undefined) break
    const width = cell.getWidth() === 2 && column + 1 < end && line.getCell(column + 1)?.getWidth() === 0 ? 2 : 1
    const from = column
    column += width
    if (cell.getChars() === '' && cell.isAttributeDefault()) continue
    const wanted = cell.isAttributeDefault() ? DEFAULT_PEN : penText(cell)
    const characters = column === line.length ? baseCharacter(cell) : cell.getChars() || ' '
    const shown = cell.getWidth() === width ? characters : ' '
    if (reached !== from) text += `\x1b[${from + 1}G`
    if (wanted !== pen) text += wanted
    text += shown
    pen = wanted
    reached = shown.length === 1 && width === 1 ? column : undefined
  }
  return pen === DEFAULT_PEN ? text : text + DEFAULT_PEN
}

/**
 * The character of a cell in the last column. The player gives a combining mark a column of its own: there it would
 * wrap, and the screen might scroll, so the base character goes alone.
 */
export function baseCharacter(cell: IBufferCell): string {
  return String.fromCodePoint(cell.getChars().codePointAt(0) ?? 0x20)
}

/** Whether `line` comes out as the wrapped rest of `before` when it is printed right behind it. */
export function runsOn(before: IBufferLine, line: IBufferLine): boolean {
  const last = before.getCell(before.length - 1)
  const first = line.getCell(0)
  if (!line.isWrapped || last === undefined || first === undefined) return false
  const filled = last.getChars() !== '' || last.getWidth() === 0
  // What is skipped over does not wrap, only what is printed.
  return filled && (first.getChars() !== '' || !first.isAttributeDefault())
}
