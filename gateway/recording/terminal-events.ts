import type { RecordedEvent } from './event.ts'
import type { TerminalEvent } from './terminal-event.ts'
import { TerminalReader } from './terminal-reader.ts'

/**
 * Reads the recording of one channel as terminal events, in order of time. Characters cut by a packet are joined
 * per stream, invalid UTF-8 becomes U+FFFD. Output after an incomplete key is held back until the key is known,
 * 50 ms of the record at most, so that the key comes first.
 */
export async function* terminalEvents(recording: AsyncIterable<RecordedEvent>): AsyncGenerator<TerminalEvent> {
  const reader = new TerminalReader()
  const forward = neverBackwards()
  let held: TerminalEvent[] = []
  let lastUs = 0
  for await (const event of recording) {
    lastUs = event.atUs
    const { settled, current } = reader.read(event)
    if (settled.length > 0) {
      yield* forward([...held, ...settled])
      held = []
    }
    if (reader.waitsAt(event.atUs)) {
      held.push(...current)
      continue
    }
    yield* forward([...held, ...current])
    held = []
  }
  const { settled, current } = reader.flush(lastUs)
  yield* forward([...held, ...settled, ...current])
}

/** In order of time; a paste that took longer than output was held back for moves to the time of its end. */
function neverBackwards(): (events: readonly TerminalEvent[]) => Iterable<TerminalEvent> {
  let lastUs = 0
  return function* (events) {
    for (const event of events.toSorted((one, other) => one.atUs - other.atUs)) {
      lastUs = Math.max(lastUs, event.atUs)
      yield event.atUs < lastUs ? { ...event, atUs: lastUs } : event
    }
  }
}
