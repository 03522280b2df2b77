import { sql } from 'drizzle-orm'
import { bigint, check, date, index, jsonb, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { client } from './schema-access.ts'

// What was agreed and what was settled. Rows are added, never changed: a trigger refuses it (sql/).

const clientId = () =>
  uuid()
    .notNull()
    .references(() => client.id)
const instant = () => timestamp({ withTimezone: true })

export const contract = pgTable(
  'contract',
  {
    /** Of two entered for one day the greater holds. */
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    clientId: clientId(),
    validFrom: date({ mode: 'string' }).notNull(),
    /** `contractTerms` of shared/contract.ts, which reads them. */
    terms: jsonb().$type<unknown>().notNull(),
    enteredAt: instant().notNull().defaultNow(),
    enteredBy: text().notNull(),
  },
  (table) => [
    index('contract_of_client').on(table.clientId, table.validFrom, table.id),
    check('contract_terms', sql`jsonb_typeof(${table.terms}) = 'object'`),
  ],
)

/** Closed months. */
export const statement = pgTable(
  'statement',
  {
    id: uuid().primaryKey().defaultRandom(),
    clientId: clientId(),
    /** Such as `2026-11`. */
    month: text().notNull(),
    /** Canonical JSON (billing/canonical-json.ts) of `statementBody` in shared/statement.ts. */
    body: text().notNull(),
    /** SHA-256 of `body` in UTF-8, in hex. */
    hash: text().notNull(),
    closedAt: instant().notNull(),
    closedBy: text().notNull(),
  },
  (table) => [unique('statement_month').on(table.clientId, table.month)],
)
