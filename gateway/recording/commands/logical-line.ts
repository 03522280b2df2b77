import type { IBuffer } from '@xterm/headless'

/** A line as the program wrote it, over as many rows as the terminal needed for it. */
export interface LogicalLine {
  /** Rows of the buffer, both included. */
  readonly first: number
  readonly last: number
  readonly text: string
}

/** More rows than any screen has are not joined: the rest is another line. */
const ROWS_MAX = 500

/** The line that this row belongs to, without the blanks at its end. */
export function logicalLine(buffer: IBuffer, row: number): LogicalLine {
  let first = row
  while (first > 0 && row - first < ROWS_MAX && buffer.getLine(first)?.isWrapped === true) first--
  let last = row
  while (last - row < ROWS_MAX && buffer.getLine(last + 1)?.isWrapped === true) last++
  let text = ''
  for (let each = first; each <= last; each++) text += buffer.getLine(each)?.translateToString(each === last) ?? ''
  return { first, last, text: text.trimEnd() }
}

/** The text left of the cursor, in its line. */
export function textBeforeCursor(buffer: IBuffer): string {
  const row = buffer.baseY + buffer.cursorY
  const { first } = logicalLine(buffer, row)
  let text = ''
  for (let each = first; each < row; each++) text += buffer.getLine(each)?.translateToString() ?? ''
  return text + (buffer.getLine(row)?.translateToString(false, 0, buffer.cursorX) ?? '')
}
