import type { TrailSearch } from '../api/gatebook-api.ts'
import { dayOf, spanOfDays } from '../format/day-span.ts'

/** The filters of the audit trail as the address keeps them; days are `2026-11-23` in the browser's zone. */
export interface AuditFilter {
  readonly client: string
  readonly actor: string
  readonly action: string
  readonly from: string
  readonly to: string
}

export function auditFilterOf(query: URLSearchParams): AuditFilter {
  const text = (name: string) => query.get(name)?.trim() ?? ''
  const days = { from: dayOf(text('from')), to: dayOf(text('to')) }
  return { client: text('client'), actor: text('actor'), action: text('action'), ...days }
}

/** What to ask the API. */
export function trailSearchOf(filter: AuditFilter): TrailSearch {
  return {
    client: filter.client || undefined,
    actor: filter.actor || undefined,
    action: filter.action || undefined,
    ...spanOfDays(filter),
  }
}
