import type { IBufferLine, Terminal } from '@xterm/headless'
import type { RecordedEvent } from './event.ts'
import { createScreen } from './screen.ts'
import { coreOf } from './terminal-core.ts'
import { terminalEvents } from './terminal-events.ts'
import type { TerminalSize } from './terminal-size.ts'

/** Modes that switch to the alternate screen and back (xterm, DECSET 47, 1047, 1049). */
const ALTERNATE_SCREEN_MODES = new Set<unknown>([47, 1047, 1049])

/**
 * What the screen of one channel showed, as lines of plain text with their line ends: each line as it leaves the
 * screen, a full-screen program's last picture when it is left, and what stands at the end. What was overwritten
 * in between is not in it. `size` holds until the recording says otherwise.
 */
export async function* exportText(recording: AsyncIterable<RecordedEvent>, size: TerminalSize): AsyncGenerator<string> {
  const screen = createScreen(size.columns, size.rows, 1)
  const paper = watchScreen(screen.terminal)
  try {
    for await (const event of terminalEvents(recording)) {
      if (event.code === 'r') screen.resize(event.columns, event.rows)
      if (event.code === 'o') await screen.write(event.text)
      yield* paper.take()
    }
    paper.finish()
    yield* paper.take()
  } finally {
    screen.dispose()
  }
}

/** Collects the lines that leave the screen of a terminal with one line of scrollback. */
function watchScreen(terminal: Terminal) {
  let lines: string[] = []
  /** A logical line whose wrapped rest is still on the screen. */
  let begun = ''

  function add(line: IBufferLine | undefined, next: IBufferLine | undefined): void {
    const goesOn = next?.isWrapped === true
    const text = begun + (line?.translateToString(!goesOn) ?? '')
    begun = goesOn ? text : ''
    if (!goesOn) lines.push(`${text.trimEnd()}\n`)
  }

  function addPicture(): void {
    const { active } = terminal.buffer
    const last = lastWritten(terminal)
    for (let row = active.baseY; row <= last; row++) add(active.getLine(row), active.getLine(row + 1))
  }

  let screen = terminal.buffer.active.type
  terminal.onScroll(() => {
    const { active } = terminal.buffer
    const changed = active.type !== screen
    screen = active.type
    // xterm also says that it scrolled when it changes from one screen to the other.
    if (changed || screen === 'alternate') return
    const leavesTheScreen = coreOf(terminal)._bufferService.buffers.active.scrollTop === 0
    if (leavesTheScreen) add(active.getLine(active.baseY - 1), active.getLine(active.baseY))
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

/** The last row of the active screen that has a character; -1 where there is none. */
function lastWritten(terminal: Terminal): number {
  const { active } = terminal.buffer
  for (let row = active.baseY + terminal.rows - 1; row >= active.baseY; row--) {
    if (active.getLine(row)?.translateToString(true) !== '') return row
  }
  return -1
}
