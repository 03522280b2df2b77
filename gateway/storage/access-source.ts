import { and, asc, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import type { AccessFacts, AccessSource } from '../access/decision.ts'
import { readPolicy, type Policy } from '../access/policy.ts'
import type { Grant } from '../access/grant.ts'
import type { Database } from './database.ts'
import { grantColumns, grantOf } from './grant-store.ts'
import type { NoticeListener } from './notice-listener.ts'
import { accessGrant, client, staff, supportKey, target } from './schema-access.ts'
import { staffColumns, staffOf } from './staff-store.ts'
import { targetColumns, targetOf } from './target-store.ts'

/** The notification that the triggers of sql/0001 send with every change of access data. */
export const ACCESS_CHANGED = 'access_changed'

/** The facts of a decision from PostgreSQL, and word of every change to them. */
export class PostgresAccessSource implements AccessSource {
  readonly #database: Database
  readonly #notices: NoticeListener
  readonly #defaults: Policy

  /** `notices` listens to `ACCESS_CHANGED`; `defaults` hold where neither client nor target says anything. */
  constructor(database: Database, notices: NoticeListener, defaults: Policy) {
    this.#defaults = defaults
    this.#database = database
    this.#notices = notices
  }

  async facts(staffId: string, targetId: string): Promise<AccessFacts | undefined> {
    return (await this.#select(staffId, eq(target.id, targetId)))[0]
  }

  grantedFacts(staffId: string): Promise<readonly AccessFacts[]> {
    return this.#select(staffId, and(isNull(target.removedAt), isNotNull(accessGrant.id)))
  }

  async #select(staffId: string, condition: SQL | undefined): Promise<AccessFacts[]> {
    const newestKey = sql`(
      select newest.id from ${supportKey} newest where newest.client_id = ${client.id}
      order by newest.created_at desc limit 1
    )`
    const rows = await this.#database.lookUp((queries) =>
      queries
        .select({
          staff: staffColumns,
          client: { id: client.id, slug: client.slug, name: client.name, zone: client.zone, language: client.language },
          target: targetColumns,
          removedAt: target.removedAt,
          clientPolicy: client.policy,
          targetPolicy: target.policy,
          supportKey: { id: supportKey.id, state: supportKey.state, changedBy: supportKey.changedBy },
          grant: grantColumns,
        })
        .from(target)
        .innerJoin(client, eq(client.id, target.clientId))
        .innerJoin(staff, eq(staff.id, staffId))
        .leftJoin(supportKey, eq(supportKey.id, newestKey))
        .leftJoin(accessGrant, and(eq(accessGrant.staffId, staff.id), eq(accessGrant.clientId, client.id)))
        .where(condition)
        .orderBy(asc(client.slug), asc(target.name), asc(target.id)),
    )
    // One row for each grant; a single row without one where there is none.
    const grants = new Map<string, Grant[]>()
    for (const { target: of, grant } of rows) {
      const others = grants.get(of.id) ?? []
      grants.set(of.id, grant === null ? others : [...others, grantOf(grant)])
    }
    const firsts = rows.filter((row, index) => row.target.id !== rows[index - 1]?.target.id)
    return firsts.map((row) => ({
      staff: staffOf(row.staff),
      client: row.client,
      target: targetOf(row.target),
      targetRemoved: row.removedAt !== null,
      supportKey: row.supportKey ?? undefined,
      grants: grants.get(row.target.id) ?? [],
      policy: readPolicy(
        this.#defaults,
        { slug: row.client.slug, policy: row.clientPolicy },
        { name: row.target.name, policy: row.targetPolicy },
      ),
    }))
  }

  onChange(listener: () => void): void {
    this.#notices.onNotice(listener)
  }
}
