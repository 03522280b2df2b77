import { and, eq, isNull } from 'drizzle-orm'
import type { Client, ClientChange, ClientStore } from '../access/client.ts'
import type { Forwarding } from '../access/forwarding.ts'
import { defaultPolicy, demandPolicyEntries, readPolicy, type PolicyEntries } from '../access/policy.ts'
import { audit } from './audit-trail.ts'
import type { Database } from './database.ts'
import { refuseTaken } from './database-failure.ts'
import { found } from './found.ts'
import { changedPolicy } from './policy-column.ts'
import { client, target } from './schema-access.ts'

const columns = { id: client.id, slug: client.slug, name: client.name, zone: client.zone, language: client.language }

/** Clients in PostgreSQL. */
export class PostgresClientStore implements ClientStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  add(added: Omit<Client, 'id'>, actor: string): Promise<Client> {
    const { slug, name, zone, language } = added
    return this.#database
      .change(async (tx) => {
        const row = found(
          await tx.insert(client).values({ slug, name, zone, language }).returning(columns),
          `client ${slug}`,
        )
        await audit(tx, {
          actor,
          action: 'client.add',
          subject: `client:${slug}`,
          client: slug,
          detail: { name, zone, language },
        })
        return row
      })
      .catch(refuseTaken('client_slug_unique', `there is a client ${slug} already`))
  }

  list(): Promise<readonly Client[]> {
    return this.#database.read((queries) => queries.select(columns).from(client).orderBy(client.slug))
  }

  async byId(id: string): Promise<Client | undefined> {
    const rows = await this.#database.read((queries) => queries.select(columns).from(client).where(eq(client.id, id)))
    return rows[0]
  }

  async bySlug(slug: string): Promise<Client | undefined> {
    const rows = await this.#database.read((queries) =>
      queries.select(columns).from(client).where(eq(client.slug, slug)),
    )
    return rows[0]
  }

  set(slug: string, change: ClientChange, actor: string): Promise<Client> {
    const { name, zone, language, policy } = change
    return this.#database.change(async (tx) => {
      const changed = tx
        .update(client)
        .set({ slug, name, zone, language, ...(policy && { policy: changedPolicy(client.policy, policy) }) })
        .where(eq(client.slug, slug))
      const row = found(await changed.returning(columns), `client ${slug}`)
      const detail = { name, zone, language, policy }
      await audit(tx, { actor, action: 'client.set', subject: `client:${slug}`, client: slug, detail })
      return row
    })
  }

  async policy(slug: string): Promise<PolicyEntries> {
    const rows = await this.#database.read((queries) =>
      queries.select({ policy: client.policy }).from(client).where(eq(client.slug, slug)),
    )
    return demandPolicyEntries(found(rows, `client ${slug}`).policy, `client ${slug}`)
  }

  async allowedForwarding(slug: string): Promise<readonly Forwarding[]> {
    const rows = await this.#database.read((queries) =>
      queries
        .select({ ofClient: client.policy, ofTarget: target.policy })
        .from(client)
        .leftJoin(target, and(eq(target.clientId, client.id), isNull(target.removedAt)))
        .where(eq(client.slug, slug)),
    )
    return rows.flatMap(({ ofClient, ofTarget }) => {
      const policy = readPolicy(defaultPolicy, { slug, policy: ofClient }, { name: '', policy: ofTarget ?? {} })
      return 'unreadable' in policy ? [] : [policy.forward]
    })
  }
}
