import { Client } from 'pg'
import { databaseFailure } from './database-failure.ts'
import { pendingMigrations } from './migrate.ts'

/** What can be learned of a database without changing it. */
export interface DatabaseExamination {
  /** As PostgreSQL numbers itself: 180004 is 18.4. */
  readonly serverVersion: number
  /** How many migrations are not applied yet; below 0 where a newer gatebook made the schema. */
  readonly pendingMigrations: number
  /** The wall clock of the database. */
  readonly now: Date
}

/** Looks at a database of any version without changing it. Throws `database-unavailable`. */
export async function examineDatabase(url: string, sqlDirectory: string): Promise<DatabaseExamination> {
  const client = new Client({
    connectionString: url,
    application_name: 'gatebook doctor',
    connectionTimeoutMillis: 5000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const pending = await pendingMigrations(client, sqlDirectory)
    const found = await client.query<{ number: number; now: Date }>(
      `select current_setting('server_version_num')::integer as number, clock_timestamp() as now`,
    )
    const { number, now } = found.rows[0]!
    return { serverVersion: number, pendingMigrations: pending, now }
  } catch (cause) {
    throw databaseFailure(cause)
  } finally {
    await client.end().catch(() => undefined)
  }
}
