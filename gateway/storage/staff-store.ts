import { and, eq, type SQL, sql } from 'drizzle-orm'
import { createHash } from 'node:crypto'
import { fingerprint } from '../access/fingerprint.ts'
import type { NewStaff, NewStaffKey, Staff, StaffChange, StaffKey, StaffStore } from '../access/staff.ts'
import { audit } from './audit-trail.ts'
import type { Database, Queries } from './database.ts'
import { refuseTaken } from './database-failure.ts'
import { found } from './found.ts'
import { staff, staffKey } from './schema-access.ts'
import { signInLink, staffTotp, totpProof, webSession } from './schema-sign-in.ts'

/** What a query must select for `staffOf`. */
export const staffColumns = {
  id: staff.id,
  login: staff.login,
  name: staff.name,
  email: staff.email,
  roles: staff.roles,
  from: staff.fromNetworks,
  fingerprints: sql<string[]>`array(
    select 'SHA256:' || rtrim(encode(fingerprint, 'base64'), '=') from ${staffKey} where staff_id = ${staff.id}
  )`,
  disabledAt: staff.disabledAt,
  totpSince: sql<Date | null>`(select enrolled_at from ${staffTotp} where staff_id = ${staff.id})`.mapWith(
    staffTotp.enrolledAt,
  ),
}

/** A staff member as the rest of the gateway knows them. */
export function staffOf({ disabledAt, totpSince, ...rest }: StaffRow): Staff {
  return { ...rest, disabledAt: disabledAt ?? undefined, totpSince: totpSince ?? undefined }
}

type StaffRow = Omit<Staff, 'disabledAt' | 'totpSince'> & { disabledAt: Date | null; totpSince: Date | null }

const refuseTakenKey = refuseTaken('staff_key_pkey', 'this public key belongs to somebody already')

/** Staff and their public keys in PostgreSQL. */
export class PostgresStaffStore implements StaffStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  add(added: NewStaff, keys: readonly NewStaffKey[], actor: string): Promise<Staff> {
    const { login, name, email, roles, from } = added
    return this.#database
      .change(async (tx) => {
        const rows = await tx
          .insert(staff)
          .values({ login, name, email, roles, fromNetworks: from })
          .returning(staffColumns)
        const person = staffOf(found(rows, `staff member ${login}`))
        for (const key of keys) await tx.insert(staffKey).values(keyColumns(person.id, key))
        const fingerprints = keys.map(({ blob }) => fingerprint(blob))
        const detail = { name, email, roles, from, keys: fingerprints }
        await audit(tx, { actor, action: 'staff.add', subject: `staff:${login}`, detail })
        return { ...person, fingerprints }
      })
      .catch(refuseTaken('staff_login_unique', `there is a staff member ${login} already`))
      .catch(refuseTakenKey)
  }

  async list(): Promise<readonly Staff[]> {
    const rows = await this.#database.read((queries) => queries.select(staffColumns).from(staff).orderBy(staff.login))
    return rows.map(staffOf)
  }

  byId(id: string): Promise<Staff | undefined> {
    return this.#one(eq(staff.id, id))
  }

  byLogin(login: string): Promise<Staff | undefined> {
    return this.#one(eq(staff.login, login))
  }

  async byKey(blob: Buffer): Promise<Staff | undefined> {
    const rows = await this.#database.lookUp((queries) =>
      queries.select(staffColumns).from(staffKey).innerJoin(staff, eq(staff.id, staffKey.staffId)).where(hasBlob(blob)),
    )
    return rows.map(staffOf)[0]
  }

  async keyUsed(blob: Buffer): Promise<void> {
    await this.#database.change((tx) =>
      tx
        .update(staffKey)
        .set({ lastUsedAt: sql`now()` })
        .where(hasBlob(blob)),
    )
  }

  set(login: string, { name, email, roles, from }: StaffChange, actor: string): Promise<Staff> {
    return this.#database.change(async (tx) => {
      const rows = await tx
        .update(staff)
        .set({ name, email, roles, fromNetworks: from })
        .where(eq(staff.login, login))
        .returning(staffColumns)
      const person = staffOf(found(rows, `staff member ${login}`))
      const detail = { name, email, roles, from }
      await audit(tx, { actor, action: 'staff.set', subject: `staff:${login}`, detail })
      return person
    })
  }

  async cameFromElsewhere(person: Staff, detail: { sourceAddress: string; key: string }): Promise<void> {
    const event = { actor: 'gateway', action: 'staff.from-elsewhere', subject: `staff:${person.login}`, detail }
    await this.#database.change((tx) => audit(tx, event))
  }

  setDisabled(login: string, disabled: boolean, actor: string): Promise<Staff> {
    return this.#database.change(async (tx) => {
      const rows = await tx
        .update(staff)
        .set({ disabledAt: disabled ? sql`coalesce(${staff.disabledAt}, now())` : null })
        .where(eq(staff.login, login))
        .returning(staffColumns)
      const person = staffOf(found(rows, `staff member ${login}`))
      if (disabled) await signOut(tx, person.id)
      await audit(tx, { actor, action: disabled ? 'staff.disable' : 'staff.enable', subject: `staff:${login}` })
      return person
    })
  }

  async keys(staffId: string): Promise<readonly StaffKey[]> {
    const rows = await this.#database.read((queries) =>
      queries.select().from(staffKey).where(eq(staffKey.staffId, staffId)).orderBy(staffKey.addedAt),
    )
    return rows.map(staffKeyOf)
  }

  async addKey(staffId: string, key: NewStaffKey, actor: string): Promise<void> {
    await this.#database
      .change(async (tx) => {
        const subject = await staffSubject(tx, staffId)
        await tx.insert(staffKey).values(keyColumns(staffId, key))
        const detail = { key: fingerprint(key.blob), comment: key.comment }
        await audit(tx, { actor, action: 'staff.key-add', subject, detail })
      })
      .catch(refuseTakenKey)
  }

  async removeKey(staffId: string, named: string, actor: string): Promise<void> {
    const hash = Buffer.from(named.replace(/^SHA256:/, ''), 'base64')
    await this.#database.change(async (tx) => {
      const removed = await tx
        .delete(staffKey)
        .where(and(eq(staffKey.staffId, staffId), eq(staffKey.fingerprint, hash)))
        .returning({ type: staffKey.type })
      found(removed, `key ${named} of this person`)
      const subject = await staffSubject(tx, staffId)
      await audit(tx, { actor, action: 'staff.key-remove', subject, detail: { key: named } })
    })
  }

  async #one(condition: SQL): Promise<Staff | undefined> {
    const rows = await this.#database.lookUp((queries) => queries.select(staffColumns).from(staff).where(condition))
    return rows.map(staffOf)[0]
  }
}

function keyColumns(staffId: string, { type, blob, comment }: NewStaffKey) {
  return { staffId, type, blob, comment }
}

function staffKeyOf({ type, blob, comment, addedAt, lastUsedAt }: typeof staffKey.$inferSelect): StaffKey {
  return { type, blob, comment, addedAt, lastUsedAt: lastUsedAt ?? undefined }
}

function hasBlob(blob: Buffer) {
  return eq(staffKey.fingerprint, createHash('sha256').update(blob).digest())
}

/** Gone, not merely refused: enabling the person again must bring no cookie, link or remembered code back to life. */
async function signOut(tx: Queries, staffId: string): Promise<void> {
  await tx.delete(webSession).where(eq(webSession.staffId, staffId))
  await tx.delete(signInLink).where(eq(signInLink.staffId, staffId))
  await tx.delete(totpProof).where(eq(totpProof.staffId, staffId))
}

/** How the audit trail names a person. */
export async function staffSubject(queries: Queries, staffId: string): Promise<string> {
  const rows = await queries.select({ login: staff.login }).from(staff).where(eq(staff.id, staffId))
  return `staff:${found(rows, 'such staff member').login}`
}
