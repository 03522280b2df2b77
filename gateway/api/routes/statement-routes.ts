import { z } from 'zod'
import { month, slug } from '#shared/api.ts'
import { statement, statementClose, statementPage, statementQuery } from '#shared/statement.ts'
import type { Client } from '../../access/client.ts'
import { actorName, pageRight, pageScope, type PageReader } from '../../access/page-rights.ts'
import { type AskedMonth, closeMonth, statementOf } from '../../billing/month-book.ts'
import { type ClosedStatement, statementSummary, statementView } from '../../billing/statement.ts'
import { statementCsv } from '../../printing/statement-csv.ts'
import type { ApiParts } from '../api-parts.ts'
import { demand, demandClient } from '../demand.ts'
import { narrow } from '../narrow.ts'
import { route, type Route } from '../route.ts'

const ofMonth = z.object({ slug, month })
const byId = z.object({ id: z.uuid() })

/** The months of clients: as they stand, closed, and as files. */
export function statementRoutes(parts: ApiParts): readonly Route[] {
  const { stores, config } = parts
  const asked = (client: Client, named: string): AskedMonth => ({ client, month: named, asOf: parts.clock.now() })
  return [
    route({
      method: 'GET',
      path: '/clients/{slug}/statements/{month}',
      summary: 'The statement of a month: as it was closed, or as it would be closed now',
      params: ofMonth,
      answer: statement,
      handle: async ({ reader, params }) => {
        const client = await demandClient(stores.clients, reader, 'see-book', params.slug)
        return statementOf(stores, asked(client, params.month))
      },
    }),
    route({
      method: 'POST',
      path: '/clients/{slug}/statements/{month}/close',
      summary: 'Close a month for good; refused with every reason where something is open, unless that is accepted',
      params: ofMonth,
      body: statementClose,
      answer: statement,
      handle: async ({ reader, params, body }) => {
        const client = await demandClient(stores.clients, reader, 'keep-book', params.slug)
        return closeMonth(stores, asked(client, params.month), { accept: body.accept, actor: actorName(reader) })
      },
    }),
    listRoute(parts),
    route({
      method: 'GET',
      path: '/statements/{id}.json',
      summary: 'A closed month',
      params: byId,
      answer: statement,
      tagged: true,
      handle: async ({ reader, params }) => statementView(await demandStatement(parts, reader, params.id)),
    }),
    route({
      method: 'GET',
      path: '/statements/{id}.csv',
      summary: 'The lines of a closed month',
      params: byId,
      answer: z.string(),
      mediaType: 'text/csv',
      tagged: true,
      handle: async ({ reader, params }) =>
        statementCsv(statementView(await demandStatement(parts, reader, params.id)), config.publicUrl),
    }),
  ]
}

function listRoute({ stores }: ApiParts): Route {
  return route({
    method: 'GET',
    path: '/statements',
    summary: 'Closed months, newest first, with their totals',
    query: statementQuery,
    answer: statementPage,
    tagged: true,
    handle: async ({ reader, query }) => {
      const asked = narrow(query, pageScope(reader, 'see-book'))
      if (asked === undefined) return { items: [], nextCursor: null }
      const { client, from, to, cursor, limit } = asked
      // One more than asked for tells whether there is a next page.
      const found = await stores.statements.list({
        limit: limit + 1,
        ...(client && { client }),
        ...(from && { from }),
        ...(to && { to }),
        ...(cursor && { after: cursor }),
      })
      const items = found.slice(0, limit).map(statementSummary)
      return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null }
    },
  })
}

/** Throws `not-found` or `not-allowed`. */
async function demandStatement({ stores }: ApiParts, reader: PageReader, id: string): Promise<ClosedStatement> {
  const found = await stores.statements.byId(id)
  return demand(found, found && pageRight(reader, 'see-book', { client: found.body.client }), `statement ${id}`)
}
