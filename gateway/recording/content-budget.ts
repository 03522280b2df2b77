import type { CountedBytes } from './event.ts'

/**
 * Bytes of one channel without a terminal that are stored whole (design.md, "What is stored of bulk data").
 * Beyond it, what outruns a person is counted and hashed.
 */
export const CHANNEL_BUDGET_BYTES = 64 * 1024 * 1024

/** What a person types, and reads as it comes, fits; of a transfer that goes on, a piece every few seconds. */
const PACE_BYTES_PER_S = 4096
/** A screenful after a pause fits. */
const PACE_BYTES_MAX = 64 * 1024

type Stream = CountedBytes['stream']

/**
 * Decides which bytes of a channel without a terminal are stored. The budget never ends for good: else whoever wants
 * to leave no trace would spend it first, and then work in a shell without a terminal. Each stream is paced for
 * itself, so that a flood on one hides nothing on another.
 */
export class ContentBudget {
  readonly #paces = new Map<Stream, { bytes: number; atUs: number }>()
  #left = CHANNEL_BUDGET_BYTES
  #spentAtUs: number | undefined

  /** Whether to store these bytes, which pass at `nowUs` of the session: all of them, or none. */
  take(stream: Stream, bytes: number, nowUs: number): boolean {
    if (this.#spentAtUs === undefined && bytes <= this.#left) {
      this.#left -= bytes
      return true
    }
    this.#spentAtUs ??= nowUs
    const pace = this.#paces.get(stream) ?? { bytes: 0, atUs: this.#spentAtUs }
    this.#paces.set(stream, pace)
    pace.bytes = Math.min(PACE_BYTES_MAX, pace.bytes + ((nowUs - pace.atUs) * PACE_BYTES_PER_S) / 1_000_000)
    pace.atUs = nowUs
    if (bytes > pace.bytes) return false
    pace.bytes -= bytes
    return true
  }
}
