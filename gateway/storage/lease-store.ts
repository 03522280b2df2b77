import { and, eq, inArray, lt, ne, type SQL, sql } from 'drizzle-orm'
import type { LeaseStore } from '../session/gateway-lease.ts'
import type { Database } from './database.ts'
import { gatewayLease, session } from './schema-recording.ts'

/** Leases of gateways in PostgreSQL, by its clock. A renewal waits behind no other work. */
export class PostgresLeaseStore implements LeaseStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async renew(gatewayId: string, seconds: number): Promise<{ readonly lapsed: boolean }> {
    const { rows } = await this.#database.lookUp((queries) =>
      queries.execute<{ lapsed: boolean }>(sql`
        with before as (select until from gateway_lease where gateway_id = ${gatewayId})
        insert into gateway_lease values (${gatewayId}, now() + make_interval(secs => ${seconds}))
        on conflict (gateway_id) do update set until = excluded.until
        returning coalesce((select until < now() from before), false) as lapsed
      `),
    )
    return { lapsed: rows[0]?.lapsed === true }
  }

  async giveUp(gatewayId: string): Promise<void> {
    await this.#database.lookUp((queries) =>
      queries
        .update(gatewayLease)
        .set({ until: sql`now()` })
        .where(eq(gatewayLease.gatewayId, gatewayId)),
    )
  }

  async lostSessions(gatewayId: string): Promise<readonly string[]> {
    const rows = await this.#database.read((queries) =>
      queries
        .select({ id: session.id })
        .from(gatewayLease)
        .innerJoin(session, and(eq(session.gatewayId, gatewayLease.gatewayId), eq(session.state, 'live')))
        .where(and(ne(gatewayLease.gatewayId, gatewayId), lt(gatewayLease.until, sql`now()`))),
    )
    return rows.map(({ id }) => id)
  }

  async reopen(gatewayId: string, sessionIds: readonly string[]): Promise<void> {
    const own = and(eq(session.gatewayId, gatewayId), inArray(session.id, [...sessionIds]))
    await this.#database.change((tx) =>
      tx
        .update(session)
        .set({ state: 'live', endedAt: null, endReason: null })
        .where(and(own, eq(session.state, 'interrupted'))),
    )
  }
}

/** Whether a session that nobody has closed was lost with its gateway. */
export function isLost(): SQL<boolean> {
  return sql<boolean>`(${session.state} = 'live' and exists (
    select from ${gatewayLease} where ${gatewayLease.gatewayId} = ${session.gatewayId} and ${gatewayLease.until} < now()
  ))`
}
