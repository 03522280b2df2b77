import type { IBuffer, Terminal } from '@xterm/headless'
import { DEFAULT_PEN, baseCharacter, paintLine, penText, runsOn } from './screen-paint.ts'
import { type Charset, type CoreBuffer, type TerminalCore, coreOf } from './terminal-core.ts'

const TAB_WIDTH = 8

/**
 * Text that gives a new terminal of the same size what this one has: both screens, wrapped lines, cursor and saved
 * cursor, pen, character sets, tab stops, scroll region and the modes that change what is shown. Modes of keys and
 * mice are left out: a replay has neither. So is that a saved cursor waits to wrap. The screen must be between sequences. (xterm's own serializer loses
 * the saved cursor, region, character sets, tab stops and the pen of a hidden normal screen.)
 */
export function snapshotOf(terminal: Terminal): string {
  const core = coreOf(terminal)
  const { normal, alternate, active } = terminal.buffer
  const buffers = core._bufferService.buffers
  let text = paintBuffer(normal, terminal.rows)
  if (active.type === 'alternate') {
    // Entering the alternate screen saves the cursor for the return.
    text += regionText(buffers.normal, terminal.rows) + savedCursorText(buffers.normal, terminal.cols)
    text += `\x1b[?1049h\x1b(B\x1b[m\x1b[2J${paintBuffer(alternate, terminal.rows)}`
  }
  text += tabStopsText(buffers.active, terminal.cols)
  if (hasSavedCursor(buffers.active)) text += `${savedCursorText(buffers.active, terminal.cols)}\x1b7\x1b(B\x1b[m`
  return text + regionText(buffers.active, terminal.rows) + cursorText(terminal, core) + modesText(terminal, core)
}

function at(row: number, column: number): string {
  return `\x1b[${row + 1};${column + 1}H`
}

function isLineDrawing(charset: Charset): boolean {
  return charset?.['q'] === '─'
}

function paintBuffer(buffer: IBuffer, rows: number): string {
  let text = ''
  for (let row = 0; row < rows; row++) {
    const line = buffer.getLine(buffer.baseY + row)
    const before = row === 0 ? undefined : buffer.getLine(buffer.baseY + row - 1)
    if (line === undefined) continue
    const painted = paintLine(line, line.length)
    if (painted === '') continue
    const wraps = before !== undefined && runsOn(before, line)
    text += wraps ? painted : at(row, 0) + painted
  }
  return text
}

function hasSavedCursor(buffer: CoreBuffer): boolean {
  const { savedX, savedY, savedCharset, savedCurAttrData: pen } = buffer
  return savedX > 0 || savedY > 0 || isLineDrawing(savedCharset) || penText(pen) !== DEFAULT_PEN
}

/** Puts cursor, pen and character set where they were saved. */
function savedCursorText(buffer: CoreBuffer, columns: number): string {
  const position = at(buffer.savedY, Math.min(buffer.savedX, columns - 1))
  return position + penText(buffer.savedCurAttrData) + (isLineDrawing(buffer.savedCharset) ? '\x1b(0' : '\x1b(B')
}

function tabStopsText(buffer: CoreBuffer, columns: number): string {
  const all = Array.from({ length: columns }, (_, column) => column)
  const stops = all.filter((column) => buffer.tabs[column] === true)
  if (stops.join() === all.filter((column) => column % TAB_WIDTH === 0).join()) return ''
  return `\x1b[3g${stops.map((column) => `${at(0, column)}\x1bH`).join('')}`
}

function regionText(buffer: CoreBuffer, rows: number): string {
  const whole = buffer.scrollTop === 0 && buffer.scrollBottom === rows - 1
  return whole ? '\x1b[r' : `\x1b[${buffer.scrollTop + 1};${buffer.scrollBottom + 1}r`
}

/** A cursor behind the last column waits to wrap: only printing there again brings it to that state. */
function cursorText(terminal: Terminal, core: TerminalCore): string {
  const { cursorX, cursorY, baseY } = terminal.buffer.active
  const { scrollTop } = core._bufferService.buffers.active
  const origin = terminal.modes.originMode
  const row = cursorY - (origin ? scrollTop : 0)
  const mode = origin ? '\x1b[?6h' : ''
  if (cursorX < terminal.cols) return mode + at(row, cursorX)
  const line = terminal.buffer.active.getLine(baseY + cursorY)
  const last = line?.getCell(terminal.cols - 1)
  const column = last?.getWidth() === 0 ? terminal.cols - 2 : terminal.cols - 1
  const cell = line?.getCell(column)
  if (cell === undefined) return mode + at(row, column)
  return mode + at(row, column) + penText(cell) + baseCharacter(cell)
}

function modesText(terminal: Terminal, core: TerminalCore): string {
  const { glevel, charset, _charsets: designated } = core._charsetService
  // Restoring a cursor changes the character set in use without designating it.
  const draws = (g: number) => isLineDrawing(g === glevel ? charset : designated[g])
  return (
    (draws(0) ? '\x1b(0' : '') +
    (draws(1) ? '\x1b)0' : '') +
    (glevel === 1 ? '\x0e' : '') +
    penText(core._inputHandler._curAttrData) +
    (terminal.modes.wraparoundMode ? '' : '\x1b[?7l') +
    (terminal.modes.insertMode ? '\x1b[4h' : '') +
    (terminal.options.convertEol === true ? '\x1b[20h' : '') +
    (core.coreService.isCursorHidden ? '\x1b[?25l' : '')
  )
}
