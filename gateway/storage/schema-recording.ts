import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import type { ChannelKind } from '../recording/channel-request.ts'
import { bytea } from './bytea.ts'
import { foreignText } from './foreign-text.ts'
import { fileDirections, fileOperations, fileResults } from '../recording/files/file-statement.ts'
import { client, staff, target } from './schema-access.ts'

// Every table carries the month its session started in, by which frame, event_salt, keystroke_run and
// transferred_file are partitioned.

const count = () => bigint({ mode: 'number' }).notNull().default(0)
/** Microseconds since the session's start. */
const microseconds = () => bigint({ mode: 'number' })
const month = () => date({ mode: 'string' }).notNull()

export const session = pgTable(
  'session',
  {
    id: uuid().primaryKey(),
    month: month(),
    gatewayId: text().notNull(),
    clientId: uuid()
      .notNull()
      .references(() => client.id),
    targetId: uuid()
      .notNull()
      .references(() => target.id),
    staffId: uuid()
      .notNull()
      .references(() => staff.id),
    login: foreignText().notNull(),
    sourceAddress: foreignText().notNull(),
    task: foreignText(),
    reason: foreignText(),
    startedAt: timestamp({ withTimezone: true }).notNull(),
    endedAt: timestamp({ withTimezone: true }),
    state: text({ enum: ['live', 'ended', 'interrupted'] }).notNull(),
    endReason: foreignText(),
    lengthUs: microseconds().notNull().default(0),
    channels: integer().notNull().default(0),
    keystrokes: count(),
    bytesIn: count(),
    bytesOut: count(),
    exitStatus: bigint({ mode: 'number' }),
    exitSignal: foreignText(),
    /** The newest signed checkpoint of a session that was not closed. */
    checkpoint: text(),
    /** Why its gateway is to end it at once; whoever is in it reads that. */
    endAsked: text(),
    /** Who watches it, or has, since it began: each once, for its gateway to tell its person. */
    watchedBy: text()
      .array()
      .notNull()
      .default(sql`'{}'`),
  },
  (table) => [
    index('session_newest').on(table.startedAt, table.id),
    index('session_client').on(table.clientId, table.startedAt),
    index('session_staff').on(table.staffId, table.startedAt),
    index('session_task')
      .on(table.task, table.startedAt)
      .where(sql`${table.task} is not null`),
    index('session_live')
      .on(table.gatewayId)
      .where(sql`${table.state} = 'live'`),
    check('session_end', sql`(${table.state} = 'live') = (${table.endedAt} is null)`),
  ],
)

/**
 * Until when each gateway is believed to be there, by the clock of the database. One that is gone for longer has lost its
 * sessions (session/gateway-lease.ts).
 */
export const gatewayLease = pgTable('gateway_lease', {
  gatewayId: text().primaryKey(),
  until: timestamp({ withTimezone: true }).notNull(),
})

export const channel = pgTable(
  'channel',
  {
    sessionId: uuid()
      .notNull()
      .references(() => session.id),
    channel: integer().notNull(),
    month: month(),
    kind: text().$type<ChannelKind>(),
    command: bytea(),
    terminalType: foreignText(),
    terminalColumns: bigint({ mode: 'number' }),
    terminalRows: bigint({ mode: 'number' }),
    openedUs: microseconds().notNull(),
    closedUs: microseconds(),
    /** Of the last event stored: what guards a repeated batch. */
    archivedSeq: bigint({ mode: 'number' }).notNull(),
    /** Of the chain, behind that event. */
    head: bytea()
      .notNull()
      .default(sql`decode(repeat('00', 32), 'hex')`),
    exitStatus: bigint({ mode: 'number' }),
    exitSignal: foreignText(),
    keystrokes: count(),
    bytesIn: count(),
    bytesOut: count(),
    bytesErr: count(),
    /** Its commands and its text are in `command` and `session_text`. */
    searchable: boolean().notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.sessionId, table.channel] }),
    index('channel_not_searchable')
      .on(table.sessionId, table.channel)
      .where(sql`not ${table.searchable}`),
  ],
)

export const frame = pgTable(
  'frame',
  {
    month: month(),
    sessionId: uuid().notNull(),
    channel: integer().notNull(),
    seq: bigint({ mode: 'number' }).notNull(),
    events: integer().notNull(),
    fromUs: microseconds().notNull(),
    toUs: microseconds().notNull(),
    rawLength: integer().notNull(),
    data: bytea().notNull(),
    checks: bytea()
      .notNull()
      .default(sql`''`),
    /** Of `data`. */
    crc32: bigint({ mode: 'number' }).notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.channel, table.seq, table.month] })],
)

export const eventSalt = pgTable(
  'event_salt',
  {
    month: month(),
    sessionId: uuid().notNull(),
    channel: integer().notNull(),
    /** Of the first event of the block. */
    seq: bigint({ mode: 'number' }).notNull(),
    salts: bytea().notNull(),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.channel, table.seq, table.month] })],
)

export const keystrokeRun = pgTable(
  'keystroke_run',
  {
    month: month(),
    sessionId: uuid().notNull(),
    channel: integer().notNull(),
    seq: bigint({ mode: 'number' }).notNull(),
    fromUs: microseconds().notNull(),
    deltasUs: integer().array().notNull(),
    lengths: integer().array().notNull(),
    data: bytea().notNull(),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.channel, table.seq, table.month] })],
)

export const transferredFile = pgTable(
  'transferred_file',
  {
    month: month(),
    sessionId: uuid().notNull(),
    channel: integer().notNull(),
    number: integer().notNull(),
    tUs: microseconds().notNull(),
    endedUs: microseconds(),
    operation: text({ enum: fileOperations }).notNull(),
    direction: text({ enum: fileDirections }),
    path: foreignText(),
    /** Where the text does not say it exactly. */
    pathBytes: bytea(),
    newPath: foreignText(),
    newPathBytes: bytea(),
    bytes: bigint({ mode: 'number' }),
    sha256: bytea(),
    /** Null while it goes on. */
    result: text({ enum: fileResults }),
    note: foreignText(),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.channel, table.number, table.month] })],
)
