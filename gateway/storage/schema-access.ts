import { sql } from 'drizzle-orm'
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { StaffRole } from '../access/staff.ts'
import { bytea } from './bytea.ts'

// Who may reach what. A change of any of these tables notifies every gateway (sql/, trigger access_changed).

const id = () => uuid().primaryKey().defaultRandom()
const instant = () => timestamp({ withTimezone: true })
/** Entries of `access/policy.ts`, which reads them. */
const policy = () => jsonb().$type<unknown>().notNull().default({})

export const client = pgTable(
  'client',
  {
    id: id(),
    slug: text().notNull().unique(),
    name: text().notNull(),
    zone: text().notNull(),
    language: text({ enum: ['ru', 'en'] }).notNull(),
    policy: policy(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [check('client_policy', sql`jsonb_typeof(${table.policy}) = 'object'`)],
)

export const target = pgTable(
  'target',
  {
    id: id(),
    clientId: uuid()
      .notNull()
      .references(() => client.id),
    name: text().notNull(),
    reachKind: text({ enum: ['ssh', 'local-shell'] }).notNull(),
    /** Host and port of an `ssh` target. */
    host: text(),
    port: integer(),
    login: text().notNull(),
    logins: text().array().$type<readonly string[]>().notNull(),
    notes: text().notNull(),
    sealedPassword: bytea(),
    policy: policy(),
    createdAt: instant().notNull().defaultNow(),
    removedAt: instant(),
  },
  (table) => [
    uniqueIndex('target_name')
      .on(table.clientId, table.name)
      .where(sql`${table.removedAt} is null`),
    check('target_policy', sql`jsonb_typeof(${table.policy}) = 'object'`),
    check(
      'target_reach',
      sql`${table.reachKind} <> 'ssh' or (${table.host} is not null and ${table.port} is not null)`,
    ),
  ],
)

export const targetHostKey = pgTable(
  'target_host_key',
  {
    targetId: uuid()
      .notNull()
      .references(() => target.id),
    type: text().notNull(),
    blob: bytea().notNull(),
    trustedAt: instant().notNull().defaultNow(),
    trustedBy: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.targetId, table.blob] })],
)

export const staff = pgTable('staff', {
  id: id(),
  login: text().notNull().unique(),
  name: text().notNull(),
  email: text().notNull(),
  roles: text().array().$type<readonly StaffRole[]>().notNull(),
  /** `from` is a word of SQL itself. Empty: from anywhere. */
  fromNetworks: text().array().$type<readonly string[]>().notNull().default([]),
  createdAt: instant().notNull().defaultNow(),
  disabledAt: instant(),
})

export const staffKey = pgTable('staff_key', {
  /** What `ssh-keygen -l` prints, as bytes: makes the blob unique, however long it is. */
  fingerprint: bytea()
    .primaryKey()
    .generatedAlwaysAs(sql`sha256(blob)`),
  staffId: uuid()
    .notNull()
    .references(() => staff.id),
  type: text().notNull(),
  blob: bytea().notNull(),
  comment: text().notNull(),
  addedAt: instant().notNull().defaultNow(),
  lastUsedAt: instant(),
})

export const supportKey = pgTable(
  'support_key',
  {
    id: id(),
    clientId: uuid()
      .notNull()
      .references(() => client.id),
    state: text({ enum: ['active', 'paused', 'retired', 'revoked'] }).notNull(),
    publicBlob: bytea().notNull(),
    /** Null once revoked. */
    sealedPrivate: bytea(),
    createdAt: instant().notNull().defaultNow(),
    changedAt: instant().notNull().defaultNow(),
    changedBy: text().notNull(),
  },
  (table) => [
    uniqueIndex('support_key_in_use')
      .on(table.clientId)
      .where(sql`${table.state} in ('active', 'paused')`),
    index('support_key_newest').on(table.clientId, table.createdAt),
  ],
)

/** `grant` is a word of SQL itself. */
export const accessGrant = pgTable(
  'access_grant',
  {
    id: id(),
    staffId: uuid()
      .notNull()
      .references(() => staff.id),
    clientId: uuid()
      .notNull()
      .references(() => client.id),
    /** Null: every target of the client. */
    targetId: uuid().references(() => target.id),
    until: instant(),
    createdAt: instant().notNull().defaultNow(),
    revokedAt: instant(),
  },
  (table) => [index('access_grant_staff').on(table.staffId, table.clientId)],
)

/**
 * Written by `audit_append`, in the transaction of the change it tells of. Rows are never changed or removed: a trigger
 * refuses it, and `hash` covers the row and the hash of the one before, so that it would be seen.
 */
export const auditEvent = pgTable(
  'audit_event',
  {
    /** From 1 on, without gaps. */
    id: bigint({ mode: 'number' }).primaryKey(),
    at: instant().notNull(),
    /** Such as `staff:ivan`, `client:acme` or `operator`. */
    actor: text().notNull(),
    /** Such as `support-key.pause`. */
    action: text().notNull(),
    /** Such as `target:web1.acme`. */
    subject: text().notNull(),
    /** The slug of the client it concerns. */
    client: text(),
    detail: jsonb().notNull(),
    /** SHA-256. */
    hash: bytea().notNull(),
  },
  (table) => [index('audit_event_at').using('brin', table.at), index('audit_event_client').on(table.client, table.id)],
)
