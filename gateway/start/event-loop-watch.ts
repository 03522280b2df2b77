import { createHistogram } from 'node:perf_hooks'
import type { EventLoopFigures } from '../api/metrics-text.ts'
import type { Clock } from '../clock.ts'

/** How often it looks: what is held up for less is nobody's business. */
const PERIOD_US = 20_000
/** From here on people notice: it is logged, and counted as a stall. */
const STALL_US = 1_000_000
/** The figures are those of this time at least, and of twice as much at most. */
const WINDOW_US = 60_000_000
const QUANTILES = [0.5, 0.9, 0.99, 1]

/**
 * Measures how long the event loop was held up: everybody's keystrokes wait for it, so one peer that holds it for long
 * has stopped them all. Quantiles are of the last one to two minutes; sums count from the start.
 */
export class EventLoopWatch {
  readonly #clock: Pick<Clock, 'monotonicUs'>
  readonly #log: (line: string) => void
  readonly #timer: NodeJS.Timeout
  #older = newHistogram()
  #newer = newHistogram()
  #turnOver: number
  #due: number
  #heldUs = 0
  #looks = 0
  #stalls = 0

  /** Looks until `stop`. */
  constructor(clock: Pick<Clock, 'monotonicUs'>, log: (line: string) => void) {
    this.#clock = clock
    this.#log = log
    this.#due = clock.monotonicUs() + PERIOD_US
    this.#turnOver = this.#due + WINDOW_US
    this.#timer = setInterval(() => this.#look(), PERIOD_US / 1000).unref()
  }

  figures(): EventLoopFigures {
    // Who asks right after a stall may come before the timer.
    if (this.#clock.monotonicUs() > this.#due) this.#look()
    const both = newHistogram()
    both.add(this.#older)
    both.add(this.#newer)
    return {
      quantiles: QUANTILES.map((quantile) => [quantile, both.count === 0 ? 0 : both.percentile(quantile * 100) / 1e6]),
      heldSeconds: this.#heldUs / 1e6,
      looks: this.#looks,
      stalls: this.#stalls,
    }
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const now = this.#clock.monotonicUs()
    const held = Math.max(now - this.#due, 0)
    this.#due = now + PERIOD_US
    if (now >= this.#turnOver) {
      this.#turnOver = now + WINDOW_US
      this.#older = this.#newer
      this.#newer = newHistogram()
    }
    // A histogram knows no 0.
    this.#newer.record(Math.max(held, 1))
    this.#heldUs += held
    this.#looks++
    if (held < STALL_US) return
    this.#stalls++
    this.#log(`the event loop stood for ${(held / 1e6).toFixed(1)} s: every session waited for it`)
  }
}

/** Of microseconds, to an hour, with two digits. */
function newHistogram() {
  return createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 2 })
}
