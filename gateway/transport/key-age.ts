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

/**
 * A key exchange costs us some milliseconds, and a peer nothing to ask for: it may have so many at once, as OpenSSH
 * with a tiny `RekeyLimit` does, …
 */
const EXCHANGES_AT_ONCE = 128
/** … and then another for each of these that pass. */
const EXCHANGE_MS = 1000
const EXCHANGE_BYTES = 32 * 1024

/** What becomes of the keys. */
export interface KeyAgeEvents {
  /** Begin a key exchange; its end is told by `renewed`. */
  renew(): void
  /** The peer does not answer. */
  unanswered(): void
  /** The peer asks more often than it may. */
  tooOften(): void
}

/** Asks for new keys in time, and for an end where the peer does not answer, or asks and asks itself. */
export class KeyAge {
  readonly #limit: KeyLimit
  readonly #events: KeyAgeEvents
  #bytes = 0
  #renewing = true
  #renewedMs = 0
  #exchangesLeft = EXCHANGES_AT_ONCE
  #timer: NodeJS.Timeout | undefined

  /** Counts from the first `renewed` on. */
  constructor(limit: KeyLimit, events: KeyAgeEvents) {
    this.#limit = limit
    this.#events = events
  }

  /** Keys are agreed, whoever asked for them. */
  renewed(): void {
    this.stop()
    if (!this.#renewing) this.#count()
    this.#renewedMs = performance.now()
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
    this.#timer = setTimeout(() => this.#events.unanswered(), ANSWER_MS).unref()
    this.#events.renew()
  }

  /** The peer has asked for these. */
  #count(): void {
    const earned = (performance.now() - this.#renewedMs) / EXCHANGE_MS + this.#bytes / EXCHANGE_BYTES
    this.#exchangesLeft = Math.min(this.#exchangesLeft + earned, EXCHANGES_AT_ONCE) - 1
    if (this.#exchangesLeft < 0) this.#events.tooOften()
  }
}
