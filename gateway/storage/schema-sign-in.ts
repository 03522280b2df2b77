import { type AnyPgColumn, check, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { sql } from 'drizzle-orm'
import { bytea } from './bytea.ts'
import { client, staff } from './schema-access.ts'

/** A person of ours, or a user of one client. */
const principal = () => ({
  staffId: uuid().references(() => staff.id),
  clientId: uuid().references(() => client.id),
  role: text({ enum: ['owner', 'viewer'] }),
  expiresAt: timestamp({ withTimezone: true }).notNull(),
})

const eitherStaffOrClient = (name: string, table: { staffId: AnyPgColumn; clientId: AnyPgColumn; role: AnyPgColumn }) =>
  check(name, sql`(${table.staffId} is null) = (${table.clientId} is not null and ${table.role} is not null)`)

export const signInLink = pgTable('sign_in_link', { tokenHash: bytea().primaryKey(), ...principal() }, (table) => [
  eitherStaffOrClient('sign_in_link_principal', table),
])

export const webSession = pgTable('web_session', { idHash: bytea().primaryKey(), ...principal() }, (table) => [
  eitherStaffOrClient('web_session_principal', table),
])
