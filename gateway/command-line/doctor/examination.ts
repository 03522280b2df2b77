import type { Config } from '../../config.ts'

/** What the doctor learns of a database without changing it. */
export interface DatabaseFacts {
  /** As PostgreSQL numbers itself: 180004 is 18.4. */
  readonly serverVersion: number
  /** How many migrations are not applied yet; below 0 where a newer gatebook made the schema. */
  readonly pendingMigrations: number
  /** Whether the extension of search, pg_trgm, is there, can be made by us, only by a superuser, or not at all. */
  readonly trigrams: 'created' | 'can-create' | 'may-not-create' | 'not-installed'
  /** The wall clock of the database. */
  readonly now: Date
}

/** A part that was compiled for this machine; `fault` says why it does not load. */
export interface NativePart {
  readonly name: string
  /** False: the gateway runs without it, only slower. */
  readonly needed: boolean
  readonly fault: string | undefined
}

/** The examinations that need what the command line may not import; `main.ts` brings them. */
export interface Examination {
  /** Throws `database-unavailable` or `database-setup`. */
  database(config: Config): Promise<DatabaseFacts>
  nativeParts(): Promise<readonly NativePart[]>
}
