const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** `59 min` */
export const LAST_CELLS = 6

/** How long ago the last session began, in `LAST_CELLS` or less; `-` where there was none. */
export function lastText(begun: Date | undefined, now: Date): string {
  if (begun === undefined) return '-'
  const ms = now.getTime() - begun.getTime()
  if (ms < MINUTE_MS) return 'now'
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`
  return `${Math.floor(ms / DAY_MS)} d`
}
