import { desc, eq, sql } from 'drizzle-orm'
import { fingerprint } from '../access/fingerprint.ts'
import { moveSupportKey, type SupportKey, type SupportKeyMove, type SupportKeyStore } from '../access/support-key.ts'
import { GatewayError } from '../errors.ts'
import { audit } from './audit-trail.ts'
import type { Database, Queries } from './database.ts'
import { found } from './found.ts'
import { client, supportKey } from './schema-access.ts'

const columns = {
  id: supportKey.id,
  clientId: supportKey.clientId,
  state: supportKey.state,
  publicBlob: supportKey.publicBlob,
  createdAt: supportKey.createdAt,
  changedAt: supportKey.changedAt,
  changedBy: supportKey.changedBy,
}

/** Support keys in PostgreSQL; the private halves come and go sealed. */
export class PostgresSupportKeyStore implements SupportKeyStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async current(clientId: string): Promise<SupportKey | undefined> {
    return (await this.#database.read((queries) => newest(queries, clientId)))[0]
  }

  issue(clientId: string, publicBlob: Buffer, sealedPrivate: Buffer, actor: string): Promise<SupportKey> {
    return this.#database.change(async (tx) => {
      // The lock on the client makes two issues at once follow one another.
      const owners = await tx.select({ slug: client.slug }).from(client).where(eq(client.id, clientId)).for('update')
      const { slug } = found(owners, 'such client')
      const before = (await newest(tx, clientId))[0]?.state
      if (before === 'active' || before === 'paused') {
        throw new GatewayError('conflict', `client ${slug} has a support key, and it is ${before}`, 'revoke it first')
      }
      const issued = { clientId, state: 'active' as const, publicBlob, sealedPrivate, changedBy: actor }
      const rows = await tx.insert(supportKey).values(issued).returning(columns)
      const detail = { key: fingerprint(publicBlob) }
      await audit(tx, { actor, action: 'support-key.issue', subject: `client:${slug}`, client: slug, detail })
      return found(rows, 'new key')
    })
  }

  move(clientId: string, move: SupportKeyMove, actor: string): Promise<SupportKey> {
    return this.#database.change(async (tx) => {
      const owners = await tx.select({ slug: client.slug }).from(client).where(eq(client.id, clientId)).for('update')
      const { slug } = found(owners, 'such client')
      const key = found(await newest(tx, clientId), `support key of client ${slug}`)
      const state = moveSupportKey(key.state, move, slug)
      const rows = await tx
        .update(supportKey)
        .set({ state, changedAt: sql`now()`, changedBy: actor, ...(state === 'revoked' && { sealedPrivate: null }) })
        .where(eq(supportKey.id, key.id))
        .returning(columns)
      const detail = { key: fingerprint(key.publicBlob) }
      await audit(tx, { actor, action: `support-key.${move}`, subject: `client:${slug}`, client: slug, detail })
      return found(rows, 'such key')
    })
  }

  async sealedPrivate(keyId: string): Promise<Buffer | undefined> {
    const rows = await this.#database.lookUp((queries) =>
      queries.select({ sealed: supportKey.sealedPrivate }).from(supportKey).where(eq(supportKey.id, keyId)),
    )
    return rows[0]?.sealed ?? undefined
  }
}

function newest(queries: Queries, clientId: string) {
  return queries
    .select(columns)
    .from(supportKey)
    .where(eq(supportKey.clientId, clientId))
    .orderBy(desc(supportKey.createdAt))
    .limit(1)
}
