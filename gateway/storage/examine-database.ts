import { readMigrationFiles } from 'drizzle-orm/migrator'
import { Client } from 'pg'
import { databaseFailure } from './database-failure.ts'

/** What can be learned of a database without changing it. */
export interface DatabaseExamination {
  /** As PostgreSQL numbers itself: 180004 is 18.4. */
  readonly serverVersion: number
  readonly pendingMigrations: number
  readonly now: Date
}

/** Looks at the database behind `url`. Throws `database-unavailable`. */
export async function examineDatabase(url: string, sqlDirectory: string): Promise<DatabaseExamination> {
  const client = new Client({
    connectionString: url,
    application_name: 'gatebook doctor',
    connectionTimeoutMillis: 5000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ version: number; now: Date; migrated: boolean }>(
      `select current_setting('server_version_num')::integer as version, clock_timestamp() as now,
        to_regclass('drizzle.__drizzle_migrations') is not null as migrated`,
    )
    const [found] = rows
    const applied =
      found?.migrated === true
        ? await client.query<{ count: number }>('select count(*)::integer as count from drizzle.__drizzle_migrations')
        : undefined
    const known = readMigrationFiles({ migrationsFolder: sqlDirectory }).length
    return {
      serverVersion: found?.version ?? 0,
      pendingMigrations: known - (applied?.rows[0]?.count ?? 0),
      now: found?.now ?? new Date(Number.NaN),
    }
  } catch (cause) {
    throw databaseFailure(cause)
  } finally {
    await client.end().catch(() => undefined)
  }
}
