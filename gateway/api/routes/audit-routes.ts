import type { z } from 'zod'
import { auditPage, auditQuery } from '#shared/audit.ts'
import type { AuditEvent, AuditFilter } from '../../access/audit-trail.ts'
import { auditView } from '../../access/audit-view.ts'
import { pageScope, type PageReader } from '../../access/page-rights.ts'
import { GatewayError } from '../../errors.ts'
import type { ApiParts } from '../api-parts.ts'
import { narrow } from '../narrow.ts'
import { route, type Route } from '../route.ts'

/** The audit trail: all of it for admins and auditors, and for a client's people what concerns their company. */
export function auditRoutes({ stores }: ApiParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/audit',
      summary: 'The audit trail, newest first',
      query: auditQuery,
      answer: auditPage,
      handle: async ({ reader, query }) => {
        const scope = pageScope(reader, 'see-trail')
        if (scope === undefined) throw new GatewayError('not-allowed', 'your role does not allow this')
        const asked = narrow(query, scope)
        if (asked === undefined) return { items: [], nextCursor: null }
        // One more than asked for tells whether there is a next page.
        const found = await stores.auditTrail.list(filterOf(asked, query.limit + 1))
        const items = found.slice(0, query.limit).map((event) => auditView(shownTo(reader, event)))
        return { items, nextCursor: found.length > query.limit ? (items.at(-1)?.id ?? null) : null }
      },
    }),
  ]
}

/** Notes on a target are ours. */
function shownTo(reader: PageReader, event: AuditEvent): AuditEvent {
  if (reader.kind === 'staff') return event
  const { notes: _, ...detail } = event.detail
  return { ...event, detail }
}

function filterOf(
  { actor, action, client, from, to, cursor }: z.output<typeof auditQuery>,
  limit: number,
): AuditFilter {
  return {
    limit,
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(client !== undefined && { client }),
    ...(from !== undefined && { from: new Date(from) }),
    ...(to !== undefined && { to: new Date(to) }),
    ...(cursor !== undefined && { before: cursor }),
  }
}
