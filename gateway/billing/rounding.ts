const MINUTE_MS = 60_000

/** How the exact time of a line becomes minutes: a contract chooses it, everything else follows. */
export interface Rounding {
  /** Minutes: 1, 5, 6, 10, 15, 30 or 60. */
  readonly stepMinutes: number
  /** `nearest` sends ties up. */
  readonly mode: 'up' | 'nearest' | 'down'
  /** Minutes; 0 or a multiple of the step. Never applied to a line of exactly zero. */
  readonly minimumMinutes: number
}

/** Minutes of a line from its exact milliseconds (an integer, 0 or more). A time on the step stays there. */
export function roundedMinutes(exactMs: number, rounding: Rounding): number {
  if (exactMs === 0) return 0
  const stepMs = rounding.stepMinutes * MINUTE_MS
  const rest = exactMs % stepMs
  const steps = (exactMs - rest) / stepMs + (takesNextStep(rest, stepMs, rounding.mode) ? 1 : 0)
  return Math.max(steps * rounding.stepMinutes, rounding.minimumMinutes)
}

function takesNextStep(rest: number, stepMs: number, mode: Rounding['mode']): boolean {
  switch (mode) {
    case 'up':
      return rest > 0
    case 'nearest':
      return rest * 2 >= stepMs
    case 'down':
      return false
  }
}

/** Minutes charged for `minutes` of a band at `percent`, rounded up to a whole minute. */
export function chargedMinutes(minutes: number, percent: number): number {
  const hundredths = minutes * percent
  const rest = hundredths % 100
  return (hundredths - rest) / 100 + (rest > 0 ? 1 : 0)
}
