import type { IBufferCell, IBufferLine } from '@xterm/headless'
import type { Screen } from '#gateway/recording/screen.ts'

/** What a person sees of a screen: characters with their colours, and the cursor. */
export function whatIsSeen({ terminal }: Screen) {
  const { active } = terminal.buffer
  const rows = Array.from({ length: terminal.rows }, (_, row) => {
    const line = active.getLine(active.baseY + row)!
    return Array.from({ length: terminal.cols }, (_cell, column) => cellSeen(line, column)).join(' ')
  })
  return { rows, cursor: [active.cursorX, active.cursorY], buffer: active.type }
}

function cellSeen(line: IBufferLine, column: number): string {
  const cell = line.getCell(column)!
  const halved =
    cell.getWidth() === 2
      ? line.getCell(column + 1)?.getWidth() !== 0
      : cell.getWidth() === 0 && line.getCell(column - 1)?.getWidth() !== 2
  const characters = cell.getChars() || ' '
  // In the last column a snapshot leaves combining marks out (`baseCharacter`).
  const kept = column === line.length - 1 ? String.fromCodePoint(characters.codePointAt(0)!) : characters
  return (halved ? ' ' : kept) + penSeen(cell)
}

function penSeen(cell: IBufferCell): string {
  const flags = [
    cell.isBold(),
    cell.isDim(),
    cell.isItalic(),
    cell.isUnderline(),
    cell.isBlink(),
    cell.isInverse(),
    cell.isInvisible(),
    cell.isStrikethrough(),
  ]
  const colours = [cell.getFgColorMode(), cell.getFgColor(), cell.getBgColorMode(), cell.getBgColor()]
  return `${colours.join()}/${flags.map((flag) => (flag === 0 ? '-' : '+')).join('')}`
}
