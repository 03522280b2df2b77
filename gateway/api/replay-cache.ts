import type { Clock } from '../clock.ts'
import type { Replay } from '../recording/replay.ts'

const BYTES_KEPT = 128 * 1024 * 1024
/** A live channel has a new replay each time somebody looks; the old one serves its viewer's segments a while. */
const LIVE_KEPT_US = 60_000_000

export interface BuiltReplay {
  readonly replay: Replay
  /** What it takes in memory, about. */
  readonly bytes: number
}

interface Entry {
  readonly replay: Promise<Replay>
  readonly isFinal: boolean
  usedUs: number
  /** 0 while it is being built. */
  bytes: number
}

/**
 * The replays built last, within 128 MiB: an index and its segments come from one building. Replays are built one
 * after another, for each holds a whole recording in memory.
 */
export class ReplayCache {
  #clock: Pick<Clock, 'monotonicUs'>
  /** In order of use, oldest first. */
  #entries = new Map<string, Entry>()
  #queue: Promise<unknown> = Promise.resolve()

  constructor(clock: Pick<Clock, 'monotonicUs'>) {
    this.#clock = clock
  }

  /** The replay under this key, built if need be; `isFinal` when the channel will not grow any more. */
  get(key: string, isFinal: boolean, build: () => Promise<BuiltReplay>): Promise<Replay> {
    this.#dropStale()
    const entry = this.#entries.get(key) ?? this.#begin(key, isFinal, build)
    entry.usedUs = this.#clock.monotonicUs()
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.replay
  }

  #begin(key: string, isFinal: boolean, build: () => Promise<BuiltReplay>): Entry {
    const building = this.#queue.then(build)
    const entry: Entry = { replay: building.then(({ replay }) => replay), isFinal, usedUs: 0, bytes: 0 }
    this.#queue = building.then(
      ({ bytes }) => {
        entry.bytes = bytes
        this.#dropOldest()
      },
      () => this.#entries.delete(key),
    )
    return entry
  }

  #dropStale(): void {
    const oldestUs = this.#clock.monotonicUs() - LIVE_KEPT_US
    for (const [key, entry] of this.#entries) {
      if (!entry.isFinal && entry.bytes > 0 && entry.usedUs < oldestUs) this.#entries.delete(key)
    }
  }

  #dropOldest(): void {
    let bytes = [...this.#entries.values()].reduce((sum, entry) => sum + entry.bytes, 0)
    for (const [key, entry] of this.#entries) {
      // The last one stays whatever its size: its viewer is about to ask for the segments.
      if (bytes <= BYTES_KEPT || bytes === entry.bytes) return
      bytes -= entry.bytes
      if (entry.bytes > 0) this.#entries.delete(key)
    }
  }
}
