import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { client } from './schema-access.ts'

const instant = () => timestamp({ withTimezone: true })

export const task = pgTable(
  'task',
  {
    id: uuid().primaryKey().defaultRandom(),
    clientId: uuid()
      .notNull()
      .references(() => client.id),
    /** The number behind the client's name. */
    sequence: integer().notNull(),
    kind: text({ enum: ['request', 'incident'] }).notNull(),
    title: text().notNull(),
    note: text().notNull(),
    estimateMinutes: integer(),
    raisedAt: instant().notNull(),
    raisedBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    /** Null: it is open. */
    closedAt: instant(),
    closedBy: text(),
  },
  (table) => [
    unique('task_number').on(table.clientId, table.sequence),
    index('task_newest').on(table.raisedAt, table.id),
    index('task_open')
      .on(table.clientId)
      .where(sql`${table.closedAt} is null`),
    check('task_closed', sql`(${table.closedAt} is null) = (${table.closedBy} is null)`),
  ],
)
