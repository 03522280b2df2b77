import { GatewayError } from '../../errors.ts'
import type { RecordStore } from '../record-store.ts'
import { readChannel } from './read-channel.ts'
import type { ChannelPlace, SearchIndex } from './search-index.ts'

/** Channels that another gateway left, or that nobody told of, are looked for so often. */
const LOOK_MS = 30_000
const AT_ONCE = 20

export interface IndexerOptions {
  readonly gatewayId: string
  readonly records: Pick<RecordStore, 'events'>
  readonly index: Pick<SearchIndex, 'unread' | 'add' | 'finish'>
  readonly log: (line: string) => void
}

/**
 * Reads each channel once when its recording is whole, and stores what can be listed and searched. Never on the way of
 * a keystroke: it reads from the database, one channel at a time, in small steps. What is not read
 * when the gateway stops is read at the next start.
 */
export class Indexer {
  readonly #options: IndexerOptions
  /** Reading them fails; tried again at the next start. */
  readonly #givenUp = new Set<string>()
  #stopping = false
  #woken = true
  #wake: (() => void) | undefined
  #idle: (() => void)[] = []
  readonly #running: Promise<void>

  /** Starts at once. */
  constructor(options: IndexerOptions) {
    this.#options = options
    this.#running = this.#run()
  }

  /** A channel may have ended. */
  wake(): void {
    this.#woken = true
    this.#wake?.()
  }

  /** Resolves when every channel that is whole now has been read, or given up. */
  caughtUp(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve)
      this.wake()
    })
  }

  /** Leaves off in the middle of a channel; waits for the database `patienceMs` at most. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopping = true
    this.wake()
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)))
    await Promise.race([this.#running, patience])
    clearTimeout(timer)
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      this.#woken = false
      const waiting = this.#idle.splice(0)
      if ((await this.#readSome()) === 'more') {
        this.#idle.push(...waiting)
        continue
      }
      for (const resolve of waiting) resolve()
      await this.#rest()
    }
    for (const resolve of this.#idle) resolve()
  }

  async #readSome(): Promise<'more' | 'nothing'> {
    const { index, gatewayId, log } = this.#options
    try {
      const found = await index.unread(gatewayId, AT_ONCE + this.#givenUp.size)
      const places = found.filter((place) => !this.#givenUp.has(nameOf(place)))
      for (const place of places) if (!this.#stopping) await this.#read(place)
      return places.length > 0 ? 'more' : 'nothing'
    } catch (error) {
      // Nothing is lost: the recording is there, and the next look finds it unread.
      log(`search falls behind: ${String(error)}`)
      return 'nothing'
    }
  }

  async #read(place: ChannelPlace): Promise<void> {
    const { records, index, log } = this.#options
    try {
      for await (const findings of readChannel(records.events(place.sessionId, place.channel))) {
        if (this.#stopping) return
        await index.add(place, findings)
      }
      await index.finish(place)
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'database-unavailable') throw error
      this.#givenUp.add(nameOf(place))
      log(`channel ${nameOf(place)} cannot be searched: ${String(error)}`)
    }
  }

  async #rest(): Promise<void> {
    if (this.#woken || this.#stopping) return
    const timer = setTimeout(() => this.#wake?.(), LOOK_MS)
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    clearTimeout(timer)
    this.#wake = undefined
  }
}

function nameOf({ sessionId, channel }: ChannelPlace): string {
  return `${sessionId}/${channel}`
}
