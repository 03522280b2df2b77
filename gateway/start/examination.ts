import type { DatabaseFacts, Examination, NativePart } from '../command-line/doctor/examination.ts'
import type { Config } from '../config.ts'
import { startEmbeddedPostgres } from '../storage/embedded-postgres.ts'
import { examineDatabase } from '../storage/examine-database.ts'
import { nativeCryptoAvailable } from '../transport/algorithms.ts'
import { sqlDirectory } from './open-database.ts'

/** What `gatebook doctor` looks at that the command line itself cannot reach. */
export const examination: Examination = { database: examineInstallation, nativeParts }

async function examineInstallation(config: Config): Promise<DatabaseFacts> {
  if (config.databaseUrl !== undefined) return examineDatabase(config.databaseUrl, sqlDirectory)
  const embedded = await startEmbeddedPostgres({ dataDirectory: config.dataDirectory })
  try {
    return await examineDatabase(embedded.url, sqlDirectory)
  } finally {
    await embedded.stop()
  }
}

async function nativeParts(): Promise<readonly NativePart[]> {
  const terminals = await import('@lydell/node-pty').then(
    () => undefined,
    (error: unknown) => `it does not load: ${String(error)}`,
  )
  return [
    {
      name: 'ssh2 crypto',
      needed: false,
      fault: nativeCryptoAvailable
        ? undefined
        : 'not compiled: install a C++ compiler and python3, then npm rebuild ssh2',
    },
    { name: 'node-pty (the demo only)', needed: false, fault: terminals },
  ]
}
