import { and, asc, desc, eq, gte, lte, max, sql } from 'drizzle-orm'
import { statementBody, type StatementBody } from '#shared/statement.ts'
import {
  type ClosedStatement,
  demandUnaltered,
  sealBody,
  type StatementFilter,
  type StatementStore,
} from '../billing/statement.ts'
import { lastDay } from '../billing/month-range.ts'
import { GatewayError } from '../errors.ts'
import { audit } from './audit-trail.ts'
import type { Database, Queries } from './database.ts'
import { found, isUuid } from './found.ts'
import { client } from './schema-access.ts'
import { contract, statement } from './schema-billing.ts'

/** Closed months in PostgreSQL. What is read is compared with its hash. */
export class PostgresStatementStore implements StatementStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async list({ client: slug, from, to, after, limit }: StatementFilter): Promise<readonly ClosedStatement[]> {
    const condition = and(
      slug === undefined ? undefined : eq(client.slug, slug),
      from === undefined ? undefined : gte(statement.month, from),
      to === undefined ? undefined : lte(statement.month, to),
      after === undefined ? undefined : behind(after),
    )
    const rows = await this.#database.read((queries) => {
      const ordered = select(queries).where(condition).orderBy(desc(statement.month), asc(client.slug))
      return limit === undefined ? ordered : ordered.limit(limit)
    })
    return rows.map(closedStatement)
  }

  async byId(id: string): Promise<ClosedStatement | undefined> {
    if (!isUuid(id)) return undefined
    const [row] = await this.#database.read((queries) => select(queries).where(eq(statement.id, id)))
    return row && closedStatement(row)
  }

  close(body: StatementBody, last: string | undefined, actor: string): Promise<ClosedStatement> {
    const { client: slug, month } = body
    return this.#database.change(async (tx) => {
      // The lock makes a change of terms and the close of a month follow one another.
      const owners = tx.select({ id: client.id }).from(client).where(eq(client.slug, slug))
      const { id: clientId } = found(await owners.for('no key update'), `client ${slug}`)
      await demandUnchanged(tx, { clientId, last, body })
      const { text, hash } = sealBody(body)
      const closedAt = new Date(body.asOf)
      const added = tx.insert(statement).values({ clientId, month, body: text, hash, closedAt, closedBy: actor })
      const { id } = found(await added.returning({ id: statement.id }), 'new statement')
      await audit(tx, {
        actor,
        action: 'statement.close',
        subject: `client:${slug}`,
        detail: { month, hash, totals: body.totals, accepted: body.open },
      })
      return { id, hash, closedAt, closedBy: actor, body }
    })
  }
}

function select(queries: Queries) {
  return queries
    .select({ statement, client: client.slug })
    .from(statement)
    .innerJoin(client, eq(client.id, statement.clientId))
}

function closedStatement(row: { statement: typeof statement.$inferSelect; client: string }): ClosedStatement {
  const { id, month, body: text, hash, closedAt, closedBy } = row.statement
  demandUnaltered(text, { hash, client: row.client, month })
  return { id, hash, closedAt, closedBy, body: statementBody.parse(JSON.parse(text)) }
}

async function demandUnchanged(
  tx: Queries,
  drawn: { readonly clientId: string; readonly last: string | undefined; readonly body: StatementBody },
): Promise<void> {
  const { clientId, last, body } = drawn
  const [closed] = await tx
    .select({ month: max(statement.month) })
    .from(statement)
    .where(eq(statement.clientId, clientId))
  const [terms] = await tx
    .select({ enteredAt: contract.enteredAt })
    .from(contract)
    .where(and(eq(contract.clientId, clientId), lte(contract.validFrom, lastDay(body.month))))
    .orderBy(desc(contract.validFrom), desc(contract.id))
    .limit(1)
  const isLast = (closed?.month ?? undefined) === last
  if (isLast && terms?.enteredAt.toISOString() === body.contract?.enteredAt) return
  const what = isLast ? 'the terms changed' : 'another month was closed'
  throw new GatewayError('conflict', `${what} while ${body.month} was drawn up`, 'look at it again, then close it')
}

/** The list is by month, newest first, then by client. */
function behind(id: string) {
  if (!isUuid(id)) return sql`false`
  return sql`exists (
    select from ${statement} other join ${client} owner on owner.id = other.client_id
    where other.id = ${id} and (
      ${statement.month} < other.month or (${statement.month} = other.month and ${client.slug} > owner.slug)
    )
  )`
}
