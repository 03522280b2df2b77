import { desc, eq, sql } from 'drizzle-orm'
import type { Grant, GrantStore, NamedGrant } from '../access/grant.ts'
import { audit } from './audit-trail.ts'
import type { Database, Queries } from './database.ts'
import { found, isUuid } from './found.ts'
import { accessGrant, client, staff, target } from './schema-access.ts'

/** What a query must select for `grantOf`. */
export const grantColumns = {
  id: accessGrant.id,
  staffId: accessGrant.staffId,
  clientId: accessGrant.clientId,
  targetId: accessGrant.targetId,
  until: accessGrant.until,
  revokedAt: accessGrant.revokedAt,
}

type Nullable = 'targetId' | 'until' | 'revokedAt'
type GrantRow = Omit<Grant, Nullable> & { targetId: string | null; until: Date | null; revokedAt: Date | null }

/** A grant as the rest of the gateway knows it. */
export function grantOf({ id, staffId, clientId, targetId, until, revokedAt }: GrantRow): Grant {
  return {
    id,
    staffId,
    clientId,
    targetId: targetId ?? undefined,
    until: until ?? undefined,
    revokedAt: revokedAt ?? undefined,
  }
}

/** Grants in PostgreSQL. */
export class PostgresGrantStore implements GrantStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  add(added: Omit<Grant, 'id' | 'revokedAt'>, actor: string): Promise<Grant> {
    const { staffId, clientId, targetId, until } = added
    return this.#database.change(async (tx) => {
      const grant = found(
        await tx.insert(accessGrant).values({ staffId, clientId, targetId, until }).returning(grantColumns),
        'new grant',
      )
      await auditGrant(tx, 'grant.add', grant.id, actor)
      return grantOf(grant)
    })
  }

  list(): Promise<readonly NamedGrant[]> {
    return this.#database.read((queries) => named(queries))
  }

  async revoke(id: string, actor: string): Promise<void> {
    await this.#database.change(async (tx) => {
      const rows = isUuid(id)
        ? await tx.select(grantColumns).from(accessGrant).where(eq(accessGrant.id, id)).for('update')
        : []
      if (found(rows, `grant ${id}`).revokedAt !== null) return
      await tx
        .update(accessGrant)
        .set({ revokedAt: sql`now()` })
        .where(eq(accessGrant.id, id))
      await auditGrant(tx, 'grant.revoke', id, actor)
    })
  }
}

async function named(queries: Queries, id?: string): Promise<NamedGrant[]> {
  const rows = await queries
    .select({ ...grantColumns, staffLogin: staff.login, clientSlug: client.slug, targetName: target.name })
    .from(accessGrant)
    .innerJoin(staff, eq(staff.id, accessGrant.staffId))
    .innerJoin(client, eq(client.id, accessGrant.clientId))
    .leftJoin(target, eq(target.id, accessGrant.targetId))
    .where(id === undefined ? undefined : eq(accessGrant.id, id))
    .orderBy(desc(accessGrant.createdAt))
  return rows.map(namedGrantOf)
}

function namedGrantOf(
  row: GrantRow & { staffLogin: string; clientSlug: string; targetName: string | null },
): NamedGrant {
  const { staffLogin, clientSlug, targetName } = row
  return { ...grantOf(row), staffLogin, clientSlug, targetName: targetName ?? undefined }
}

async function auditGrant(tx: Queries, action: string, id: string, actor: string): Promise<void> {
  const { staffLogin, clientSlug, targetName, until } = found(await named(tx, id), `grant ${id}`)
  const subject = targetName === undefined ? `client:${clientSlug}` : `target:${targetName}.${clientSlug}`
  await audit(tx, { actor, action, subject, client: clientSlug, detail: { grant: id, staff: staffLogin, until } })
}
