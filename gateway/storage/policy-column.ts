import { sql, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { PolicyChange } from '../access/policy.ts'

/** What a change makes of the entries in a column; one statement, so that two changes at once do not undo each other. */
export function changedPolicy(column: PgColumn, change: PolicyChange | 'default'): SQL {
  if (change === 'default') return sql`'{}'::jsonb`
  return sql`jsonb_strip_nulls(${column} || ${JSON.stringify(change)}::jsonb)`
}
