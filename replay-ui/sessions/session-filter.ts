import type { SessionSearch } from '../api/gatebook-api.ts'

/** The filters of the session list as the address keeps them; days are `2026-11-23` in the browser's zone. */
export interface SessionFilter {
  readonly client: string
  readonly staff: string
  readonly target: string
  readonly task: string
  readonly from: string
  readonly to: string
  readonly live: boolean
}

export function filterOf(query: URLSearchParams): SessionFilter {
  const text = (name: string) => query.get(name)?.trim() ?? ''
  return {
    client: text('client'),
    staff: text('staff'),
    target: text('target'),
    task: text('task'),
    from: isDay(text('from')) ? text('from') : '',
    to: isDay(text('to')) ? text('to') : '',
    live: text('live') === 'true',
  }
}

export function queryOf({ live, ...texts }: SessionFilter): Record<string, string | undefined> {
  return { ...texts, live: live ? 'true' : undefined }
}

/** What to ask the API: `from` and `to` become the first instant of the first day and the first after the last. */
export function searchOf(filter: SessionFilter): SessionSearch {
  return {
    client: filter.client || undefined,
    staff: filter.staff || undefined,
    target: filter.target || undefined,
    task: filter.task || undefined,
    from: filter.from === '' ? undefined : startOfDay(filter.from, 0).toISOString(),
    to: filter.to === '' ? undefined : startOfDay(filter.to, 1).toISOString(),
    live: filter.live,
  }
}

/** The first instant of a local day, or of the one `later` days after it: days of 23 and 25 hours included. */
function startOfDay(day: string, later: number): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + later)
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))
}
