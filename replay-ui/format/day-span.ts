/** The text, if it is a day such as `2026-11-23`; else nothing. */
export function dayOf(text: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : ''
}

/** The first instant of the first day and the first after the last, in the browser's zone, as RFC 3339. */
export function spanOfDays({ from, to }: { readonly from: string; readonly to: string }): {
  readonly from: string | undefined
  readonly to: string | undefined
} {
  return {
    from: from === '' ? undefined : startOfDay(from, 0).toISOString(),
    to: to === '' ? undefined : startOfDay(to, 1).toISOString(),
  }
}

/** The first instant of a local day, or of the one `later` days after it: days of 23 and 25 hours included. */
function startOfDay(day: string, later: number): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + later)
}
