import type { IBuffer, IBufferLine, IMarker, Terminal } from '@xterm/headless'
import { coreOf } from './terminal-core.ts'

/** Modes that switch to the alternate screen and back (xterm, DECSET 47, 1047, 1049). */
const ALTERNATE_SCREEN_MODES = new Set<unknown>([47, 1047, 1049])

/** What a terminal showed, as lines of plain text in the order of time. */
export interface ScreenPaper {
  /** What is new since the last call, each line with its line end. */
  take(): string[]
  /** What stands on the screen is the last. */
  finish(): void
}

/**
 * Watches a terminal with one line of scrollback: each line is printed as it leaves the screen, what stands above the
 * cursor before a full-screen program takes the screen, and that program's last picture when it is left.
 */
export function watchScreen(terminal: Terminal): ScreenPaper {
  let lines: string[] = []
  /** A logical line whose wrapped rest is still on the screen. */
  let begun = ''
  const ahead = new PrintedAhead(terminal)

  function add(row: number): void {
    const { active } = terminal.buffer
    const line = active.getLine(row)
    const goesOn = active.getLine(row + 1)?.isWrapped === true
    const text = begun + textOf(line, goesOn)
    begun = goesOn ? text : ''
    if (!goesOn && !ahead.has(row, text.trimEnd())) lines.push(`${text.trimEnd()}\n`)
  }

  function addPicture(): void {
    const { baseY } = terminal.buffer.active
    const last = lastWritten(terminal)
    for (let row = baseY; row <= last; row++) add(row)
  }

  /** The lines above that of the cursor, which may go on when the full-screen program has ended. */
  function addAhead(): void {
    const { active } = terminal.buffer
    const end = Math.max(firstRow(active, active.baseY + active.cursorY), active.baseY)
    for (let row = active.baseY; row < end; row++) add(row)
    if (end > active.baseY) ahead.mark(active.baseY, end)
  }

  let screen = terminal.buffer.active.type
  terminal.onScroll(() => {
    const { active } = terminal.buffer
    const changed = active.type !== screen
    screen = active.type
    // xterm also says that it scrolled when it changes from one screen to the other.
    if (changed || screen === 'alternate') return
    const leavesTheScreen = coreOf(terminal)._bufferService.buffers.active.scrollTop === 0
    if (leavesTheScreen) add(active.baseY - 1)
  })
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'h' }, (modes) => {
    const enters = modes.some((mode) => ALTERNATE_SCREEN_MODES.has(mode))
    if (enters && terminal.buffer.active.type === 'normal') addAhead()
    return false
  })
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'l' }, (modes) => {
    const leaves = modes.some((mode) => ALTERNATE_SCREEN_MODES.has(mode))
    if (leaves && terminal.buffer.active.type === 'alternate') addPicture()
    return false
  })

  // `clear` of some terminals erases from the top without letting the lines scroll off, as 2J does; so does a reset.
  const keepPicture = () => {
    if (terminal.buffer.active.type === 'normal') addPicture()
    return false
  }
  terminal.parser.registerCsiHandler({ final: 'J' }, ([part = 0]) => {
    const { cursorX, cursorY } = terminal.buffer.active
    return part === 0 && cursorX === 0 && cursorY === 0 ? keepPicture() : false
  })
  terminal.parser.registerEscHandler({ final: 'c' }, keepPicture)

  return {
    take(): string[] {
      const taken = lines
      lines = []
      return taken
    },
    finish: addPicture,
  }
}

/** The lines on the normal screen that are printed already: printed again only where they have been changed. */
class PrintedAhead {
  readonly #terminal: Terminal
  /** Of logical lines, as far as they stand on the screen. */
  #texts: string[] = []
  /** The last of their rows, and the one behind: either is disposed when it leaves the screen or is erased. */
  #last: IMarker | undefined
  #next: IMarker | undefined

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /** The rows from `first` up to, not with, `end`. */
  mark(first: number, end: number): void {
    const { active } = this.#terminal.buffer
    this.#last?.dispose()
    this.#next?.dispose()
    const toEnd = end - active.baseY - active.cursorY
    this.#last = this.#terminal.registerMarker(toEnd - 1)
    this.#next = this.#terminal.registerMarker(toEnd)
    this.#texts = []
    let text = ''
    for (let row = first; row < end; row++) {
      const goesOn = active.getLine(row + 1)?.isWrapped === true
      text += textOf(active.getLine(row), goesOn)
      if (goesOn) continue
      this.#texts.push(text.trimEnd())
      text = ''
    }
  }

  /** Whether the line that ends in this row is printed; the lines before it are not asked for again. */
  has(row: number, text: string): boolean {
    const { active } = this.#terminal.buffer
    // In another width the last line may take more rows: it is known by its first.
    const isAbove = isWithin(firstRow(active, row), this.#last) || isWithin(row + 1, this.#next)
    if (active.type === 'alternate' || !isAbove) return false
    const at = this.#texts.indexOf(text)
    if (at < 0) return false
    this.#texts.splice(0, at + 1)
    return true
  }
}

/** Of the logical line that this row belongs to, as far as it is kept. */
function firstRow(buffer: IBuffer, row: number): number {
  let first = row
  while (first > 0 && buffer.getLine(first)?.isWrapped === true) first--
  return first
}

function isWithin(row: number, marker: IMarker | undefined): boolean {
  return marker !== undefined && !marker.isDisposed && row <= marker.line
}

function textOf(line: IBufferLine | undefined, goesOn: boolean): string {
  return line?.translateToString(!goesOn) ?? ''
}

/** The last row of the active screen that has a character; -1 where there is none. */
function lastWritten(terminal: Terminal): number {
  const { active } = terminal.buffer
  for (let row = active.baseY + terminal.rows - 1; row >= active.baseY; row--) {
    if (active.getLine(row)?.translateToString(true) !== '') return row
  }
  return -1
}
