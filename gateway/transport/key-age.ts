/** How long the keys of a connection are used: whichever comes first. */
export interface KeyLimit {
  /** Moved in both directions together. */
  readonly bytes: number
  readonly ms: number
}

/** RFC 4253 §9: after each gigabyte or each hour. */
export const keyLimit: KeyLimit = { bytes: 2 ** 30, ms: 60 * 60 * 1000 }

/** A peer that goes on as before, as if we had not asked for new keys, is cut off. */
const ANSWER_MS = 2 * 60 * 1000

/** Asks for new keys in time, and for an end where the peer does not answer. */
export class KeyAge {
  readonly #limit: KeyLimit
  readonly #renew: () => void
  readonly #unanswered: () => void
  #bytes = 0
  #renewing = true
  #timer: NodeJS.Timeout | undefined

  /** Counts from the first `renewed` on. `renew` begins a key exchange; its end is told by `renewed`. */
  constructor(limit: KeyLimit, renew: () => void, unanswered: () => void) {
    this.#limit = limit
    this.#renew = renew
    this.#unanswered = unanswered
  }

  /** Keys are agreed, whoever asked for them. */
  renewed(): void {
    this.stop()
    this.#bytes = 0
    this.#renewing = false
    this.#timer = setTimeout(() => this.#ask(), this.#limit.ms).unref()
  }

  /** So many bytes were sent or received. */
  moved(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes >= this.#limit.bytes && !this.#renewing) this.#ask()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #ask(): void {
    this.stop()
    this.#renewing = true
    this.#timer = setTimeout(() => this.#unanswered(), ANSWER_MS).unref()
    this.#renew()
  }
}
