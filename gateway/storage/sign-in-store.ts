import { and, eq, gt, isNull, lte } from 'drizzle-orm'
import type { Principal, SignInStore } from '../access/sign-in.ts'
import { audit } from './audit-trail.ts'
import type { Database, Queries } from './database.ts'
import { client, staff } from './schema-access.ts'
import { signInLink, webSession } from './schema-sign-in.ts'

/** One-time links and the sessions of browsers, in PostgreSQL. Those of a disabled person are as good as gone. */
export class PostgresSignInStore implements SignInStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async addLink(tokenHash: Buffer, principal: Principal, expiresAt: Date): Promise<void> {
    await this.#database.change((tx) => tx.insert(signInLink).values({ tokenHash, ...columnsOf(principal), expiresAt }))
  }

  redeemLink(tokenHash: Buffer, now: Date): Promise<Principal | undefined> {
    return this.#database.change(async (tx) => {
      // Whoever signs in sweeps up what nobody used.
      await tx.delete(signInLink).where(lte(signInLink.expiresAt, now))
      await tx.delete(webSession).where(lte(webSession.expiresAt, now))
      const [link] = await tx.delete(signInLink).where(eq(signInLink.tokenHash, tokenHash)).returning()
      if (link === undefined) return undefined
      const actor = await actorOf(tx, link)
      if (actor === undefined) return undefined
      const owner = actor.startsWith('client:') ? actor.slice('client:'.length) : undefined
      await audit(tx, { actor, action: 'sign-in', subject: actor, client: owner })
      return principalOf(link)
    })
  }

  async addWebSession(idHash: Buffer, principal: Principal, expiresAt: Date): Promise<void> {
    await this.#database.change((tx) => tx.insert(webSession).values({ idHash, ...columnsOf(principal), expiresAt }))
  }

  async webSession(idHash: Buffer, now: Date): Promise<Principal | undefined> {
    const rows = await this.#database.read((queries) =>
      queries
        .select({ staffId: webSession.staffId, clientId: webSession.clientId, role: webSession.role })
        .from(webSession)
        .leftJoin(staff, eq(staff.id, webSession.staffId))
        .where(and(eq(webSession.idHash, idHash), gt(webSession.expiresAt, now), isNull(staff.disabledAt))),
    )
    return rows[0] && principalOf(rows[0])
  }

  async endWebSession(idHash: Buffer): Promise<void> {
    await this.#database.change((tx) => tx.delete(webSession).where(eq(webSession.idHash, idHash)))
  }
}

interface PrincipalRow {
  readonly staffId: string | null
  readonly clientId: string | null
  readonly role: 'owner' | 'viewer' | null
}

function columnsOf(principal: Principal): PrincipalRow {
  if (principal.kind === 'staff') return { staffId: principal.staffId, clientId: null, role: null }
  return { staffId: null, clientId: principal.clientId, role: principal.role }
}

function principalOf({ staffId, clientId, role }: PrincipalRow): Principal | undefined {
  if (staffId !== null) return { kind: 'staff', staffId }
  // A check of both tables: without staff, client and role are set.
  return clientId === null || role === null ? undefined : { kind: 'client-user', clientId, role }
}

/** Undefined for a disabled person. */
async function actorOf(queries: Queries, { staffId, clientId }: PrincipalRow): Promise<string | undefined> {
  if (staffId !== null) {
    const enabled = and(eq(staff.id, staffId), isNull(staff.disabledAt))
    const [person] = await queries.select({ login: staff.login }).from(staff).where(enabled)
    return person && `staff:${person.login}`
  }
  const [owner] = await queries
    .select({ slug: client.slug })
    .from(client)
    .where(eq(client.id, clientId ?? ''))
  return owner && `client:${owner.slug}`
}
