/** The first day of the month in UTC, such as `2026-11-01`: what recordings are partitioned by. */
export function monthOf(instant: Date): string {
  return `${instant.toISOString().slice(0, 7)}-01`
}

/** The first day of the month after, of such a day. */
export function monthAfter(month: string): string {
  const next = new Date(`${month}T00:00:00Z`)
  next.setUTCMonth(next.getUTCMonth() + 1)
  return monthOf(next)
}
