import type { z } from 'zod'
import type { replayQuery } from '#shared/api.ts'
import type { PageReader } from '../access/page-rights.ts'
import { GatewayError } from '../errors.ts'
import type { RecordedEvent } from '../recording/event.ts'
import { buildReplay, type Replay } from '../recording/replay.ts'
import { DEFAULT_TERMINAL_SIZE } from '../recording/terminal-size.ts'
import type { ApiParts } from './api-parts.ts'
import { demandSession } from './demand.ts'
import { ReplayCache } from './replay-cache.ts'
import type { ViewNotes } from './view-notes.ts'

/** A replay holds the whole recording in memory; a larger one is for a file, not for a browser. */
const RECORDED_BYTES_MAX = 256 * 1024 * 1024
/** What V8 needs for an event besides its text, about. */
const EVENT_BYTES = 100

export interface AskedReplay extends z.output<typeof replayQuery> {
  readonly id: string
  readonly channel: number
}

/** A replay with the number of its last event. */
export interface ChannelReplay {
  readonly replay: Replay
  readonly through: number
}

/** The replays of channels, built from the record for whoever may see what was typed and shown. */
export class ChannelReplays {
  readonly #parts: Pick<ApiParts, 'stores' | 'clock'>
  readonly #bytesMax: number
  readonly #cache: ReplayCache
  readonly #views: ViewNotes

  constructor(parts: Pick<ApiParts, 'stores' | 'clock'>, views: ViewNotes, bytesMax = RECORDED_BYTES_MAX) {
    this.#parts = parts
    this.#bytesMax = bytesMax
    this.#cache = new ReplayCache(parts.clock)
    this.#views = views
  }

  /** Throws `not-found`, `not-allowed`, or `conflict` for a recording beyond 256 MiB. */
  async demand(reader: PageReader, { id, channel, idle, through: asked }: AskedReplay): Promise<ChannelReplay> {
    const { sessions, records } = this.#parts.stores
    const session = await demandSession(sessions, reader, 'see-content', id)
    const summary = (await sessions.channels(id)).find((each) => each.channel === channel)
    const progress = summary && (await records.progress(id, channel))
    if (summary === undefined || progress === undefined) {
      throw new GatewayError('not-found', `session ${id} has no channel ${channel} on record`)
    }
    await this.#views.note(reader, session)
    const through = Math.min(asked ?? progress.archivedSeq, progress.archivedSeq)
    const isFinal = session.state !== 'live' || summary.closedUs !== undefined
    const options = { ...(summary.terminal ?? DEFAULT_TERMINAL_SIZE), idleUs: Math.round(idle * 1_000_000) }
    const replay = await this.#cache.get(`${id}/${channel}/${options.idleUs}/${through}`, isFinal, async () => {
      const recording = new StoredPart(records.events(id, channel), through, this.#bytesMax)
      return { replay: await buildReplay(recording.events(), options), bytes: recording.bytes }
    })
    return { replay, through }
  }
}

/** The events of a channel up to one of them, measured as they pass. */
class StoredPart {
  readonly #events: AsyncIterable<RecordedEvent>
  readonly #through: number
  readonly #bytesMax: number
  bytes = 0

  constructor(events: AsyncIterable<RecordedEvent>, through: number, bytesMax: number) {
    this.#events = events
    this.#through = through
    this.#bytesMax = bytesMax
  }

  async *events(): AsyncGenerator<RecordedEvent> {
    for await (const event of this.#events) {
      if (event.seq > this.#through) return
      this.bytes += event.data.length + EVENT_BYTES
      if (this.bytes > this.#bytesMax) throw tooLarge()
      yield event
    }
  }
}

function tooLarge(): GatewayError {
  return new GatewayError(
    'conflict',
    'the recording of this channel is too large to replay in a browser',
    'write it to a file with: gatebook session export',
  )
}
