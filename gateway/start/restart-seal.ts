import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { openVault } from '../vault/open-vault.ts'
import { SigningKeyFiles } from '../vault/signing-key-file.ts'
import { takeDataDirectory } from './data-directory.ts'
import { openInstallationDatabase, storesOn } from './open-database.ts'
import { restartSigningKey } from './open-signing-key.ts'

export interface RestartSealOptions {
  readonly config: Config
  readonly clock: Clock
  readonly reason: string
  readonly log: (line: string) => void
}

/** `gatebook seal restart`, with no gateway on this data directory. Answers with the id of the new key. */
export async function restartSeal({ config, clock, reason, log }: RestartSealOptions): Promise<string> {
  const directory = takeDataDirectory(config.dataDirectory)
  const { gatewayId } = directory
  try {
    const installation = await openInstallationDatabase({ config, applicationName: 'gatebook seal', onProgress: log })
    try {
      const stores = storesOn(installation.database)
      const files = new SigningKeyFiles(config.dataDirectory, await openVault(config, stores), gatewayId)
      return await restartSigningKey({ ...stores, gatewayId, files, clock }, reason)
    } finally {
      await installation.close()
    }
  } finally {
    directory.release()
  }
}
