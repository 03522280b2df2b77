import { Client } from 'pg'
import { databaseFailure } from './database-failure.ts'
import { pendingMigrations } from './migrate.ts'

/** What can be learned of a database without changing it. */
export interface DatabaseExamination {
  /** As PostgreSQL numbers itself: 180004 is 18.4. */
  readonly serverVersion: number
  /** How many migrations are not applied yet; below 0 where a newer gatebook made the schema. */
  readonly pendingMigrations: number
  /** Whether the extension of search is there, can be made by us, only by a superuser, or not at all. */
  readonly trigrams: 'created' | 'can-create' | 'may-not-create' | 'not-installed'
  /** The wall clock of the database. */
  readonly now: Date
}

/** `pg_trgm` is a trusted extension: whoever may create in the database may create it. */
const TRIGRAMS = `case
  when exists (select from pg_extension where extname = 'pg_trgm') then 'created'
  when not exists (select from pg_available_extensions where name = 'pg_trgm') then 'not-installed'
  when has_database_privilege(current_database(), 'create') then 'can-create'
  else 'may-not-create' end`

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
    const found = await client.query<{ number: number; now: Date } & Pick<DatabaseExamination, 'trigrams'>>(
      `select current_setting('server_version_num')::integer as number, clock_timestamp() as now, ${TRIGRAMS} as trigrams`,
    )
    const { number, now, trigrams } = found.rows[0]!
    return { serverVersion: number, pendingMigrations: pending, now, trigrams }
  } catch (cause) {
    throw databaseFailure(cause)
  } finally {
    await client.end().catch(() => undefined)
  }
}
