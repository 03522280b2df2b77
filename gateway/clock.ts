/** The two clocks of the gateway, injected wherever time is read. */
export interface Clock {
  /** Microseconds on the monotonic clock since an arbitrary point: for lengths and order. Never goes back. */
  monotonicUs(): number
  /** Wall time: for stamps that a person or a court reads. */
  now(): Date
}

/** The clocks of the machine. A double holds integer microseconds exactly for 285 years of uptime. */
export const systemClock: Clock = {
  monotonicUs: () => Math.trunc(performance.now() * 1000),
  now: () => new Date(),
}
