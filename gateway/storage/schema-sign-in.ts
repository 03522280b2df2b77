import {
  type AnyPgColumn,
  bigint,
  check,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import { sql } from 'drizzle-orm'
import { bytea } from './bytea.ts'
import { client, staff } from './schema-access.ts'

const instant = () => timestamp({ withTimezone: true })
const ofStaff = () =>
  uuid()
    .notNull()
    .references(() => staff.id)

/** A person of ours, or a user of one client. */
const principal = () => ({
  staffId: uuid().references(() => staff.id),
  clientId: uuid().references(() => client.id),
  role: text({ enum: ['owner', 'viewer'] }),
  expiresAt: instant().notNull(),
})

const eitherStaffOrClient = (name: string, table: { staffId: AnyPgColumn; clientId: AnyPgColumn; role: AnyPgColumn }) =>
  check(name, sql`(${table.staffId} is null) = (${table.clientId} is not null and ${table.role} is not null)`)

export const signInLink = pgTable('sign_in_link', { tokenHash: bytea().primaryKey(), ...principal() }, (table) => [
  eitherStaffOrClient('sign_in_link_principal', table),
])

export const webSession = pgTable('web_session', { idHash: bytea().primaryKey(), ...principal() }, (table) => [
  eitherStaffOrClient('web_session_principal', table),
])

/** A person's second factor (RFC 6238). */
export const staffTotp = pgTable('staff_totp', {
  staffId: ofStaff().primaryKey(),
  sealedSecret: bytea().notNull(),
  enrolledAt: instant().notNull().defaultNow(),
  /** Of the newest code that was taken; null: none yet. */
  lastStep: bigint({ mode: 'number' }),
  /** Since the last right one. */
  wrongCodes: integer().notNull().default(0),
  lastWrongAt: instant(),
})

/** Where a person gave a right code, and when; kept while it is remembered. */
export const totpProof = pgTable(
  'totp_proof',
  { staffId: ofStaff(), sourceAddress: text().notNull(), provenAt: instant().notNull() },
  (table) => [primaryKey({ columns: [table.staffId, table.sourceAddress] })],
)
