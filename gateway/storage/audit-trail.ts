import { and, asc, desc, eq, gt, gte, like, lt, type SQL, sql } from 'drizzle-orm'
import type { AuditedChange, AuditEvent, AuditFilter, AuditTrail } from '../access/audit-trail.ts'
import type { Database, Queries } from './database.ts'
import { auditEvent } from './schema-access.ts'

/** Must be called in the transaction of the change itself: both happen, or neither. */
export async function audit(transaction: Queries, change: AuditedChange): Promise<void> {
  const { actor, action, subject, client, detail } = change
  await transaction.execute(
    sql`select audit_append(${actor}, ${action}, ${subject}, ${client ?? null}, ${JSON.stringify(detail ?? {})})`,
  )
}

const link = { id: auditEvent.id, hash: auditEvent.hash }

/** Rows read at once. */
const VERIFIED_AT_ONCE = 10_000

/** The audit trail in PostgreSQL. */
export class PostgresAuditTrail implements AuditTrail {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async add(...changes: readonly AuditedChange[]): Promise<void> {
    await this.#database.change(async (tx) => {
      for (const change of changes) await audit(tx, change)
    })
  }

  list(filter: AuditFilter): Promise<readonly AuditEvent[]> {
    const order = filter.after === undefined ? desc : asc
    return this.#database.read(async (queries) => {
      const rows = await queries
        .select()
        .from(auditEvent)
        .where(and(...conditions(filter)))
        .orderBy(order(auditEvent.id))
        .limit(filter.limit)
      return rows.map(eventOf)
    })
  }

  async lastLink(): Promise<{ id: number; hash: Buffer } | undefined> {
    const [last] = await this.#database.read((queries) =>
      queries.select(link).from(auditEvent).orderBy(desc(auditEvent.id)).limit(1),
    )
    return last
  }

  async hashes(ids: readonly number[]): Promise<ReadonlyMap<number, Buffer>> {
    const rows = await this.#database.read((queries) =>
      queries
        .select(link)
        .from(auditEvent)
        .where(sql`${auditEvent.id} = any(${sql.param([...ids])}::bigint[])`),
    )
    return new Map(rows.map(({ id, hash }) => [id, hash]))
  }

  async firstAltered(): Promise<number | undefined> {
    for (let from = 0; ; from += VERIFIED_AT_ONCE) {
      const { altered, last } = await this.#verify(from)
      if (altered !== undefined) return altered
      if (last < from + VERIFIED_AT_ONCE) return undefined
    }
  }

  /** The expression is that of `audit_append`, and written here again: whoever alters rows can alter functions. */
  async #verify(from: number): Promise<{ altered: number | undefined; last: number }> {
    const { rows } = await this.#database.read((queries) =>
      queries.execute<{ altered: string | null; last: string | null }>(sql`
        with linked as (
          select event.*, lag(hash) over (order by id) as before, row_number() over (order by id) as place
          from audit_event event where id between ${from} and ${from + VERIFIED_AT_ONCE}
        )
        select max(id) as last, min(id) filter (where
          place <> id - greatest(${from}, 1) + 1
          or (before is not null or id = 1) and hash is distinct from sha256(
            coalesce(before, '') || convert_to(jsonb_build_array(
              id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), actor, action, subject, client, detail
            )::text, 'UTF8')
          )) as altered
        from linked
      `),
    )
    const { altered, last } = rows[0] ?? { altered: null, last: null }
    return { altered: altered === null ? undefined : Number(altered), last: Number(last ?? 0) }
  }
}

function eventOf({ id, at, actor, action, subject, client, detail }: typeof auditEvent.$inferSelect): AuditEvent {
  return { id, at, actor, action, subject, client: client ?? undefined, detail: detail as AuditEvent['detail'] }
}

function conditions({ actor, action, client, from, to, before, after }: AuditFilter): (SQL | undefined)[] {
  return [
    actor === undefined ? undefined : eq(auditEvent.actor, actor),
    action === undefined ? undefined : like(auditEvent.action, `${escapeLike(action)}%`),
    client === undefined ? undefined : eq(auditEvent.client, client),
    from === undefined ? undefined : gte(auditEvent.at, from),
    to === undefined ? undefined : lt(auditEvent.at, to),
    before === undefined ? undefined : lt(auditEvent.id, before),
    after === undefined ? undefined : gt(auditEvent.id, after),
  ]
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`)
}
