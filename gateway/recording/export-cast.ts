import type { RecordedEvent } from './event.ts'
import type { TerminalEvent } from './terminal-event.ts'
import { terminalEvents } from './terminal-events.ts'
import type { TerminalSize } from './terminal-size.ts'

/** What the header of an asciicast says of a channel. */
export interface CastHeader extends TerminalSize {
  /** Of the session; the cast begins at the channel's first event. */
  readonly startedAt: Date
  readonly title: string
  /** `TERM` of the terminal, where there was one. */
  readonly terminalType?: string
  readonly command?: string
}

/**
 * The recording of one channel as asciicast v2 or v3, line by line, each with its line end. Lossy where the bytes
 * are no UTF-8. Version 2 has no event for the exit status.
 */
export async function* exportCast(
  recording: AsyncIterable<RecordedEvent>,
  header: CastHeader,
  version: 2 | 3,
): AsyncGenerator<string> {
  let first: RecordedEvent | undefined
  let headed = false
  async function* noticingFirst(): AsyncGenerator<RecordedEvent> {
    for await (const event of recording) {
      first ??= event
      yield event
    }
  }
  let lastUs = 0
  for await (const event of terminalEvents(noticingFirst())) {
    const firstUs = first?.atUs ?? 0
    if (!headed) {
      yield headerLine(header, version, firstUs)
      headed = true
      lastUs = firstUs
    }
    if (version === 2 && event.code === 'x') continue
    // Whole microseconds with all their digits: intervals add up to the last event's time exactly.
    const seconds = ((event.atUs - (version === 2 ? firstUs : lastUs)) / 1_000_000).toFixed(6)
    lastUs = event.atUs
    yield `[${seconds}, "${event.code}", ${JSON.stringify(dataOf(event))}]\n`
  }
  if (!headed) yield headerLine(header, version, first?.atUs ?? 0)
}

function headerLine(header: CastHeader, version: 2 | 3, firstUs: number): string {
  const { columns: cols, rows, title, command, terminalType: type } = header
  const about = { timestamp: Math.floor((header.startedAt.getTime() + firstUs / 1000) / 1000), title, command }
  const line =
    version === 3
      ? { version, term: { cols, rows, type }, ...about }
      : { version, width: cols, height: rows, ...about, env: type === undefined ? undefined : { TERM: type } }
  return `${JSON.stringify(line)}\n`
}

function dataOf(event: TerminalEvent): string {
  switch (event.code) {
    case 'r':
      return `${event.columns}x${event.rows}`
    case 'x':
      return `${event.status}`
    case 'o':
    case 'i':
    case 'm':
      return event.text
  }
}
