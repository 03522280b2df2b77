import type { RecordedEvent } from './event.ts'
import type { RecordStore } from './record-store.ts'

/** Events that are new at one look, or a part of them. */
export interface NewEvents {
  readonly events: readonly RecordedEvent[]
  /** Nothing more was on record at that look. */
  readonly caughtUp: boolean
}

export interface FollowedChannel {
  readonly sessionId: string
  readonly channel: number
  /** Whether nothing more can come; asked now and then. */
  readonly isOver: () => Promise<boolean>
  /** Waits; rejects to end it. */
  readonly sleep: (ms: number) => Promise<void>
}

/**
 * Frames reach PostgreSQL 250 ms after what they hold. Looking so often beside that is half a second at most, on
 * whatever gateway the session is, and costs nothing while nobody watches.
 */
const LOOK_MS = 100
/** Of a session that says nothing. */
const OVER_EVERY = 10
const EVENTS_AT_ONCE = 2000

/**
 * Everything of a channel from its beginning on, and then what comes, until it is over; each second of silence gives
 * nothing new. Reads on when it is asked for
 * more: who is slow finds more at the next look and holds up nobody.
 */
export async function* followEvents(
  records: Pick<RecordStore, 'progress' | 'events'>,
  { sessionId, channel, isOver, sleep }: FollowedChannel,
): AsyncGenerator<NewEvents> {
  let next = 0
  let fromUs = 0
  for (let silent = 0; ; silent++) {
    // Asked before: what is stored meanwhile is still read.
    const asks = silent % OVER_EVERY === 0
    const over = asks && (await isOver())
    const stored = await records.progress(sessionId, channel)
    if (stored !== undefined && stored.archivedSeq >= next) {
      silent = 0
      let events: RecordedEvent[] = []
      for await (const event of records.events(sessionId, channel, fromUs)) {
        if (event.seq < next) continue
        events.push(event)
        next = event.seq + 1
        // Of frames that begin in one microsecond, only the last would be found by that.
        fromUs = event.atUs - 1
        if (events.length < EVENTS_AT_ONCE) continue
        yield { events, caughtUp: false }
        events = []
      }
      const closed = events.at(-1)?.kind === 'close'
      yield { events, caughtUp: true }
      if (closed) return
    } else if (asks) yield { events: [], caughtUp: true }
    if (over) return
    await sleep(LOOK_MS)
  }
}
