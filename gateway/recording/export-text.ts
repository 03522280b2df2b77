import type { RecordedEvent } from './event.ts'
import { watchScreen } from './screen-paper.ts'
import { createScreen } from './screen.ts'
import { terminalEvents } from './terminal-events.ts'
import type { TerminalSize } from './terminal-size.ts'

/**
 * What the screen of one channel showed, as lines of plain text with their line ends: each line as it leaves the
 * screen, a full-screen program's last picture when it is left, and what stands at the end. What was overwritten
 * in between is not in it; where bytes begin that are not stored, it says so in brackets. `size` holds until the recording says otherwise.
 */
export async function* exportText(recording: AsyncIterable<RecordedEvent>, size: TerminalSize): AsyncGenerator<string> {
  const screen = createScreen(size.columns, size.rows, 1)
  const paper = watchScreen(screen.terminal)
  try {
    for await (const event of terminalEvents(recording)) {
      if (event.code === 'r') screen.resize(event.columns, event.rows)
      if (event.code === 'o') await screen.write(event.text)
      // Who reads must not take a part for the whole.
      if (event.code === 'm' && event.isGap) await screen.write(`\r\n[${event.text}]\r\n`)
      yield* paper.take()
    }
    paper.finish()
    yield* paper.take()
  } finally {
    screen.dispose()
  }
}
