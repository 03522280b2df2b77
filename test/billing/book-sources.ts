import { contractTerms, type ContractTerms } from '#shared/contract.ts'
import type { StatementBody } from '#shared/statement.ts'
import type { Contract } from '#gateway/billing/contract.ts'
import type { BookSources } from '#gateway/billing/month-book.ts'
import { type ClosedStatement, sealBody } from '#gateway/billing/statement.ts'
import type { WorkedSession } from '#gateway/billing/worked-session.ts'

export function contractOn(client: string, validFrom: string, terms: Partial<ContractTerms> = {}): Contract {
  const read = contractTerms.parse({ packageMinutes: 300, rateMinorPerHour: 200_000, currency: 'RUB', ...terms })
  return { client, validFrom, terms: read, enteredAt: new Date('2026-10-01T00:00:00Z'), enteredBy: 'test' }
}

/** A book in memory: what is on record may be added to, closed months stay. */
export function bookOf(sessions: WorkedSession[], contracts: readonly Contract[]) {
  const closed: ClosedStatement[] = []
  return {
    sessions,
    workedSessions: {
      workedSessions: async ({ from, to }) =>
        sessions.filter(
          ({ startedAt, lengthMs, live }) =>
            startedAt < to && (live || startedAt.getTime() + lengthMs >= from.getTime()),
        ),
    },
    contracts: { list: async (client) => contracts.filter((each) => client === undefined || each.client === client) },
    statements: {
      list: async ({ client }) => closed.filter(({ body }) => body.client === client).toReversed(),
      byId: async (id) => closed.find((each) => each.id === id),
      close: async (body: StatementBody, _behind, closedBy) => {
        const { text, hash } = sealBody(body)
        const added = { id: body.month, hash, closedAt: new Date(body.asOf), closedBy, body: JSON.parse(text) }
        closed.push(added)
        return added
      },
    },
  } satisfies BookSources & { readonly sessions: WorkedSession[] }
}
