import { fileURLToPath } from 'node:url'
import type { OpenStores } from '../command-line/program-parts.ts'
import type { Config } from '../config.ts'
import { PostgresClientStore } from '../storage/client-store.ts'
import { PostgresContractStore } from '../storage/contract-store.ts'
import { openDatabase, type Database } from '../storage/database.ts'
import { startEmbeddedPostgres } from '../storage/embedded-postgres.ts'
import { PostgresEvidenceStore } from '../storage/evidence-store.ts'
import { PostgresGrantStore } from '../storage/grant-store.ts'
import { PostgresLeaseStore } from '../storage/lease-store.ts'
import { migrate } from '../storage/migrate.ts'
import { PostgresRecordStore } from '../storage/record-store.ts'
import { PostgresSecondFactorStore } from '../storage/second-factor-store.ts'
import { PostgresSessionLog } from '../storage/session-log-store.ts'
import { PostgresSearchIndex } from '../storage/search-index-store.ts'
import { PostgresSessionSearch } from '../storage/session-search-store.ts'
import { PostgresSessionStore } from '../storage/session-store.ts'
import { PostgresSignInStore } from '../storage/sign-in-store.ts'
import { PostgresStaffStore } from '../storage/staff-store.ts'
import { PostgresStatementStore } from '../storage/statement-store.ts'
import { PostgresSupportKeyStore } from '../storage/support-key-store.ts'
import { PostgresAuditTrail } from '../storage/audit-trail.ts'
import { PostgresTaskStore } from '../storage/task-store.ts'
import { PostgresTargetStore } from '../storage/target-store.ts'
import { PostgresWorkedSessionSource } from '../storage/worked-session-source.ts'

/** The migrations stand beside this program, in the repository as beside the bundle in `dist/`. */
export const sqlDirectory = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../sql' : '../sql', import.meta.url),
)

/** The database of an installation, embedded or not, with its schema up to date. */
export interface InstallationDatabase {
  readonly url: string
  readonly database: Database
  readonly migrated: number
  close(): Promise<void>
}

export interface OpenDatabaseOptions {
  readonly config: Pick<Config, 'databaseUrl' | 'dataDirectory'>
  readonly applicationName: string
  readonly onProgress?: (message: string) => void
}

/** Opens it, adopting an embedded server that runs. Throws `database-setup` and `database-unavailable`. */
export async function openInstallationDatabase(options: OpenDatabaseOptions): Promise<InstallationDatabase> {
  const { config, applicationName, onProgress } = options
  const embedded =
    config.databaseUrl === undefined
      ? await startEmbeddedPostgres({
          dataDirectory: config.dataDirectory,
          onProgress: (message) => onProgress?.(message),
        })
      : undefined
  try {
    const url = embedded?.url ?? config.databaseUrl ?? ''
    const migrated = await migrate(url, sqlDirectory)
    const database = await openDatabase({ url, applicationName })
    return {
      url,
      database,
      migrated,
      async close() {
        await database.close()
        await embedded?.stop()
      },
    }
  } catch (error) {
    await embedded?.stop()
    throw error
  }
}

/** One store for each word, all on this database. */
export function storesOn(database: Database): Omit<OpenStores, 'close'> {
  return {
    clients: new PostgresClientStore(database),
    staff: new PostgresStaffStore(database),
    targets: new PostgresTargetStore(database),
    supportKeys: new PostgresSupportKeyStore(database),
    grants: new PostgresGrantStore(database),
    tasks: new PostgresTaskStore(database),
    auditTrail: new PostgresAuditTrail(database),
    signIns: new PostgresSignInStore(database),
    secondFactors: new PostgresSecondFactorStore(database),
    sessions: new PostgresSessionStore(database),
    leases: new PostgresLeaseStore(database),
    records: new PostgresRecordStore(database),
    evidence: new PostgresEvidenceStore(database),
    sessionLog: new PostgresSessionLog(database),
    searchIndex: new PostgresSearchIndex(database),
    search: new PostgresSessionSearch(database),
    workedSessions: new PostgresWorkedSessionSource(database),
    contracts: new PostgresContractStore(database),
    statements: new PostgresStatementStore(database),
  }
}
