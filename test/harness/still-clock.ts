import type { Clock } from '#gateway/clock.ts'

/** A clock that stands still until it is moved. */
export interface StillClock extends Clock {
  pass(seconds: number): void
}

export function stillClock(): StillClock {
  let passedUs = 0
  const startedMs = Date.now()
  return {
    monotonicUs: () => passedUs,
    now: () => new Date(startedMs + passedUs / 1000),
    pass: (seconds) => (passedUs += seconds * 1e6),
  }
}
