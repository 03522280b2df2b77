import { and, eq, isNull, sql } from 'drizzle-orm'
import { demandPolicyEntries, type PolicyEntries } from '../access/policy.ts'
import type { NewTarget, Target, TargetChange, TargetReach, TargetStore, TrustedHostKey } from '../access/target.ts'
import { fingerprint } from '../access/fingerprint.ts'
import { audit } from './audit-trail.ts'
import type { Database, Queries } from './database.ts'
import { refuseTaken } from './database-failure.ts'
import { found } from './found.ts'
import { changedPolicy } from './policy-column.ts'
import { client, target, targetHostKey } from './schema-access.ts'

/** What a query must select for `targetOf`. */
export const targetColumns = {
  id: target.id,
  clientId: target.clientId,
  clientSlug: client.slug,
  name: target.name,
  reachKind: target.reachKind,
  host: target.host,
  port: target.port,
  login: target.login,
  logins: target.logins,
  notes: target.notes,
}

type TargetRow = Omit<Target, 'reach'> & {
  reachKind: 'ssh' | 'local-shell'
  host: string | null
  port: number | null
}

/** A target as the rest of the gateway knows it. */
export function targetOf({ reachKind, host, port, ...rest }: TargetRow): Target {
  // The check target_reach of the table: an ssh target has both.
  if (reachKind === 'ssh' && host !== null && port !== null) return { ...rest, reach: { kind: 'ssh', host, port } }
  return { ...rest, reach: { kind: 'local-shell' } }
}

/** Targets and the host keys we trust them by, in PostgreSQL. */
export class PostgresTargetStore implements TargetStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  add(added: NewTarget, actor: string): Promise<Target> {
    const { clientSlug, name, reach, login, logins, notes, sealedPassword } = added
    const fullName = `${name}.${clientSlug}`
    return this.#database
      .change(async (tx) => {
        const owners = await tx.select({ id: client.id }).from(client).where(eq(client.slug, clientSlug))
        const { id: clientId } = found(owners, `client ${clientSlug}`)
        const columns = { clientId, name, login, logins, notes, sealedPassword, ...reachColumns(reach) }
        await tx.insert(target).values(columns)
        const detail = { reach, login, logins, notes, password: sealedPassword !== undefined }
        await audit(tx, { actor, action: 'target.add', subject: `target:${fullName}`, client: clientSlug, detail })
        return targetOf(found(await select(tx, name, clientSlug), `target ${fullName}`))
      })
      .catch(refuseTaken('target_name', `there is a target ${fullName} already`))
  }

  async list(): Promise<readonly Target[]> {
    return (await this.#database.lookUp((queries) => select(queries))).map(targetOf)
  }

  async byName(name: string, clientSlug: string): Promise<Target | undefined> {
    return (await this.#database.lookUp((queries) => select(queries, name, clientSlug))).map(targetOf)[0]
  }

  set(changed: Target, change: TargetChange, actor: string): Promise<Target> {
    const { name, clientSlug } = changed
    const { reach, login, logins, notes, sealedPassword, policy } = change
    const setsPassword = 'sealedPassword' in change
    return this.#database.change(async (tx) => {
      await tx
        .update(target)
        .set({
          name,
          login,
          logins,
          notes,
          ...(reach && reachColumns(reach)),
          ...(policy && { policy: changedPolicy(target.policy, policy) }),
          ...(setsPassword && { sealedPassword: sealedPassword ?? null }),
        })
        .where(present(changed.id))
      const row = found(await select(tx, name, clientSlug), `target ${name}.${clientSlug}`)
      const password = setsPassword ? sealedPassword !== undefined : undefined
      const detail = { reach, login, logins, notes, password, policy }
      await audit(tx, { actor, action: 'target.set', subject: subjectOf(changed), client: clientSlug, detail })
      return targetOf(row)
    })
  }

  async policy({ id, name, clientSlug }: Target): Promise<PolicyEntries> {
    const rows = await this.#database.read((queries) =>
      queries.select({ policy: target.policy }).from(target).where(present(id)),
    )
    const whose = `target ${name}.${clientSlug}`
    return demandPolicyEntries(found(rows, whose).policy, whose)
  }

  async remove(removed: Target, actor: string): Promise<void> {
    await this.#database.change(async (tx) => {
      const gone = await tx
        .update(target)
        .set({ removedAt: sql`now()`, sealedPassword: null })
        .where(present(removed.id))
        .returning({ id: target.id })
      found(gone, `target ${removed.name}.${removed.clientSlug}`)
      await audit(tx, { actor, action: 'target.remove', subject: subjectOf(removed), client: removed.clientSlug })
    })
  }

  hostKeys(targetId: string): Promise<readonly TrustedHostKey[]> {
    return this.#database.lookUp((queries) =>
      queries
        .select({
          type: targetHostKey.type,
          blob: targetHostKey.blob,
          trustedAt: targetHostKey.trustedAt,
          trustedBy: targetHostKey.trustedBy,
        })
        .from(targetHostKey)
        .where(eq(targetHostKey.targetId, targetId))
        .orderBy(targetHostKey.type),
    )
  }

  async trust(targetId: string, keys: readonly Pick<TrustedHostKey, 'type' | 'blob'>[], actor: string): Promise<void> {
    await this.#database.change(async (tx) => {
      const trusted = tx.select(targetColumns).from(target).innerJoin(client, eq(client.id, target.clientId))
      // The lock makes two of these at once follow one another instead of mixing their keys.
      const row = found(await trusted.where(eq(target.id, targetId)).for('update', { of: target }), 'such target')
      await tx.delete(targetHostKey).where(eq(targetHostKey.targetId, targetId))
      if (keys.length > 0) {
        await tx
          .insert(targetHostKey)
          .values(keys.map(({ type, blob }) => ({ targetId, type, blob, trustedBy: actor })))
      }
      const detail = { keys: keys.map(({ blob }) => fingerprint(blob)) }
      await audit(tx, {
        actor,
        action: 'target.trust',
        subject: subjectOf(targetOf(row)),
        client: row.clientSlug,
        detail,
      })
    })
  }

  async sealedPassword(targetId: string): Promise<Buffer | undefined> {
    const rows = await this.#database.lookUp((queries) =>
      queries.select({ sealed: target.sealedPassword }).from(target).where(present(targetId)),
    )
    return rows[0]?.sealed ?? undefined
  }
}

function select(queries: Queries, name?: string, clientSlug?: string) {
  return queries
    .select(targetColumns)
    .from(target)
    .innerJoin(client, eq(client.id, target.clientId))
    .where(
      and(
        isNull(target.removedAt),
        name === undefined ? undefined : eq(target.name, name),
        clientSlug === undefined ? undefined : eq(client.slug, clientSlug),
      ),
    )
    .orderBy(client.slug, target.name)
}

function present(targetId: string) {
  return and(eq(target.id, targetId), isNull(target.removedAt))
}

function reachColumns(reach: TargetReach) {
  if (reach.kind === 'local-shell') return { reachKind: reach.kind, host: null, port: null }
  return { reachKind: reach.kind, host: reach.host, port: reach.port }
}

function subjectOf({ name, clientSlug }: Target): string {
  return `target:${name}.${clientSlug}`
}
