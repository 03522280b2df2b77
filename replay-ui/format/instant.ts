import { locale } from '../texts.ts'

/** The zone the browser shows times in, such as `Europe/Berlin`. */
export function browserZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

const minuteFormat = new Intl.DateTimeFormat(locale, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})
const secondFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' })
const clockFormat = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const dayFormat = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' })
const monthFormat = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })

/** `23 Nov 2026, 12:04`, in the browser's zone. */
export function showMinute(instant: string): string {
  return minuteFormat.format(new Date(instant))
}

/** `23 Nov 2026, 12:04:11 – 12:09:02`, in the browser's zone; the beginning alone while there is no end. */
export function showSpan(from: string, to: string | null): string {
  const start = new Date(from)
  return to === null ? secondFormat.format(start) : secondFormat.formatRange(start, new Date(to))
}

/** `12:04:11`, in the browser's zone. */
export function showClock(epochMs: number): string {
  return clockFormat.format(epochMs)
}

/** `Mon, 23 Nov` for the calendar day `2026-11-23`, whatever the zone. */
export function showDay(day: string): string {
  return dayFormat.format(new Date(`${day}T00:00:00Z`))
}

/** `November 2026` for `2026-11`. */
export function showMonth(month: string): string {
  return monthFormat.format(new Date(`${month}-01T00:00:00Z`))
}
