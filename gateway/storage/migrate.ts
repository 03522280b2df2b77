import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { Client } from 'pg'
import { GatewayError } from '../errors.ts'
import { databaseFailure } from './database-failure.ts'

/** Two processes that migrate at once would collide on the first table. */
const MIGRATION_LOCK = 0x67_62_6d_69

/**
 * Brings the database to the newest of the migrations in `sqlDirectory` and says how many it applied; 0 when
 * it was there already. Safe to run from several processes at once: one works, the others wait. Throws
 * `database-unavailable`, and `database-setup` for a migration that fails or a database newer than the program.
 */
export async function migrate(url: string, sqlDirectory: string): Promise<number> {
  const client = new Client({ connectionString: url, application_name: 'gatebook migrate' })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    const pending = await pendingMigrations(client, sqlDirectory)
    if (pending < 0) throw newerThanProgram(-pending)
    await applyMigrations(drizzle(client), { migrationsFolder: sqlDirectory })
    return pending
  } catch (cause) {
    const failure = databaseFailure(cause)
    if (failure instanceof GatewayError) throw failure
    const message = failure instanceof Error ? failure.message : String(failure)
    const hint = message.includes('pg_trgm') ? 'gatebook doctor says how PostgreSQL gets this extension' : undefined
    throw new GatewayError('database-setup', `cannot prepare the database: ${message}`, hint, failure)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** How many of the migrations in `sqlDirectory` the database lacks; below 0 where it has more than we know. */
export async function pendingMigrations(client: Client, sqlDirectory: string): Promise<number> {
  return readMigrationFiles({ migrationsFolder: sqlDirectory }).length - (await countApplied(client))
}

async function countApplied(client: Client): Promise<number> {
  const found = await client.query(
    `select from pg_tables where schemaname = 'drizzle' and tablename = '__drizzle_migrations'`,
  )
  if (found.rowCount === 0) return 0
  const counted = await client.query<{ applied: number }>(
    'select count(*)::integer as applied from drizzle.__drizzle_migrations',
  )
  return counted.rows[0]?.applied ?? 0
}

function newerThanProgram(unknown: number): GatewayError {
  return new GatewayError(
    'database-setup',
    `the database has ${unknown} ${unknown === 1 ? 'migration' : 'migrations'} that this gatebook does not know`,
    'run the newer gatebook that made them',
  )
}
