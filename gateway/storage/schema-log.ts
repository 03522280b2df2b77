import { sql } from 'drizzle-orm'
import { bigint, index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { bytea } from './bytea.ts'

/**
 * The log of sessions of an installation: every opening and closing, every signing key, and now and then how the audit
 * trail stands, in the order in which they were signed. Appended to by the function session_log_append alone (sql/).
 */
export const sessionLog = pgTable(
  'session_log',
  {
    /** From 0 without a gap. */
    index: bigint({ mode: 'number' }).primaryKey(),
    kind: text({ enum: ['key', 'opening', 'closing', 'erasure', 'trail'] }).notNull(),
    sessionId: uuid(),
    /** SHA-256 of 0x00 and the statement: the leaf of the tree (RFC 6962 §2.1). */
    leafHash: bytea().notNull(),
    /** A JWS (RECORD-FORMAT.md). */
    statement: text().notNull(),
  },
  (table) => [
    index('session_log_session').on(table.sessionId, table.index),
    index('session_log_keys')
      .on(table.index)
      .where(sql`${table.kind} = 'key'`),
  ],
)

/** The newest signed head of each gateway (recording/seal/tree-heads.ts). */
export const treeHead = pgTable('tree_head', {
  gatewayId: text().primaryKey(),
  size: bigint({ mode: 'number' }).notNull(),
  statement: text().notNull(),
})
