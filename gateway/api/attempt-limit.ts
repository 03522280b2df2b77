import type { Clock } from '../clock.ts'

const WINDOW_US = 60_000_000
const FAILURES_PER_WINDOW = 20
/** Bounds the memory a flood of addresses can take; a token of 256 bits is beyond guessing without any count. */
const ADDRESSES_COUNTED = 10_000

/** Counts failed sign-ins per address, 20 a minute, in memory: a restart forgives. */
export class AttemptLimit {
  #clock: Pick<Clock, 'monotonicUs'>
  #failures = new Map<string, number>()
  #windowEndsUs = 0

  constructor(clock: Pick<Clock, 'monotonicUs'>) {
    this.#clock = clock
  }

  /** Has this address failed so often in this minute that it must wait? */
  isSpent(address: string): boolean {
    this.#openWindow()
    return (this.#failures.get(address) ?? 0) >= FAILURES_PER_WINDOW
  }

  failed(address: string): void {
    this.#openWindow()
    const before = this.#failures.get(address)
    if (before === undefined && this.#failures.size >= ADDRESSES_COUNTED) return
    this.#failures.set(address, (before ?? 0) + 1)
  }

  #openWindow(): void {
    const nowUs = this.#clock.monotonicUs()
    if (nowUs < this.#windowEndsUs) return
    this.#failures.clear()
    this.#windowEndsUs = nowUs + WINDOW_US
  }
}
