import type { SessionSearch } from '../api/gatebook-api.ts'
import { dayOf, spanOfDays } from '../format/day-span.ts'

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
    from: dayOf(text('from')),
    to: dayOf(text('to')),
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
    ...spanOfDays(filter),
    live: filter.live,
  }
}
