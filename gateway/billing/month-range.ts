import { calendarOf } from './calendar-of-zone.ts'

const DAY_MS = 86_400_000

/** The instants `[from, to)` of a month such as `2026-11` in an IANA zone. Throws RangeError for an unknown zone. */
export function monthRange(month: string, zone: string): { from: Date; to: Date } {
  const calendar = calendarOf(zone)
  const startOf = (each: string): Date => new Date(calendar.dayStart(Date.parse(firstDay(each)) / DAY_MS))
  return { from: startOf(month), to: startOf(nextMonth(month)) }
}

/** The month of an instant (UTC milliseconds) in an IANA zone. */
export function monthOf(instant: number, zone: string): string {
  return calendarOf(zone).dayAt(instant).date.slice(0, 7)
}

/** A month of a zone as the instants it covers, `[from, to)`. */
interface MonthSpan {
  readonly month: string
  readonly from: number
  readonly to: number
}

/** The month that holds an instant; those found last are kept, since neighbours are asked for one after the other. */
export class MonthSpans {
  readonly #last = new Map<string, MonthSpan>()

  at(instant: number, zone: string): MonthSpan {
    const last = this.#last.get(zone)
    if (last !== undefined && last.from <= instant && instant < last.to) return last
    const month = monthOf(instant, zone)
    const { from, to } = monthRange(month, zone)
    const span = { month, from: from.getTime(), to: to.getTime() }
    this.#last.set(zone, span)
    return span
  }
}

export function nextMonth(month: string): string {
  return monthsLater(month, 1)
}

/** The month `count` months later, or earlier when negative. */
export function monthsLater(month: string, count: number): string {
  const date = new Date(firstDay(month))
  date.setUTCMonth(date.getUTCMonth() + count)
  return date.toISOString().slice(0, 7)
}

/** Local dates, such as `2026-11-01` and `2026-11-30`. */
export function firstDay(month: string): string {
  return `${month}-01`
}

export function lastDay(month: string): string {
  const date = new Date(firstDay(nextMonth(month)))
  date.setUTCDate(0)
  return date.toISOString().slice(0, 10)
}
