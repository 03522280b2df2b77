import { calendarOf } from './calendar-of-zone.ts'

const DAY_MS = 86_400_000

/** The instants `[from, to)` of a month such as `2026-11` in an IANA zone. Throws RangeError for an unknown zone. */
export function monthRange(month: string, zone: string): { from: Date; to: Date } {
  const calendar = calendarOf(zone)
  const first = new Date(`${month}-01T00:00:00Z`)
  const next = new Date(first)
  next.setUTCMonth(first.getUTCMonth() + 1)
  return {
    from: new Date(calendar.dayStart(first.getTime() / DAY_MS)),
    to: new Date(calendar.dayStart(next.getTime() / DAY_MS)),
  }
}
