import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { GatewayError } from '../errors.ts'
import { keyIdOf, publicKeyOf } from '../recording/seal/statement.ts'
import { checkRememberedHead, rememberedHead } from '../recording/seal/tree-heads.ts'
import { openVault } from '../vault/open-vault.ts'
import { SigningKeyFiles } from '../vault/signing-key-file.ts'
import { beginChain } from './announce-key.ts'
import { takeDataDirectory } from './data-directory.ts'
import { openInstallationDatabase, storesOn } from './open-database.ts'
import { findSigningKey, type SigningKeyParts } from './open-signing-key.ts'
import { rememberedHeadFile } from './remembered-head.ts'

export interface RestartSealOptions {
  readonly config: Config
  readonly clock: Clock
  readonly reason: string
  readonly log: (line: string) => void
}

/**
 * `gatebook seal restart`, with no gateway on this data directory: a new key with a chain of its own, and the log as it
 * is now; the log says so for ever. Answers with the key's id. Throws `conflict` where nothing is lost.
 */
export async function restartSeal({ config, clock, reason, log }: RestartSealOptions): Promise<string> {
  const directory = takeDataDirectory(config.dataDirectory)
  const { gatewayId } = directory
  try {
    const installation = await openInstallationDatabase({ config, applicationName: 'gatebook seal', onProgress: log })
    try {
      const stores = storesOn(installation.database)
      const files = new SigningKeyFiles(config.dataDirectory, await openVault(config, stores), gatewayId)
      const memory = rememberedHeadFile(config.dataDirectory)
      const parts = { gatewayId, files, clock, sessionLog: stores.sessionLog }
      const isAnother = await isRefused('session-log', () => checkRememberedHead({ log: stores.sessionLog, memory }))
      if (!isAnother && (await hasItsKey(parts))) {
        throw new GatewayError('conflict', 'this gateway has its signing key', 'start it with: gatebook start')
      }
      const lost = isAnother ? rememberedHead(await memory.read()) : undefined
      const { keyId } = await beginChain(parts, { reason, ...(lost && { lost }) })
      await memory.forget()
      return keyId
    } finally {
      await installation.close()
    }
  } finally {
    directory.release()
  }
}

/** A key that does not open is lost as one that is missing. */
async function hasItsKey(parts: SigningKeyParts): Promise<boolean> {
  let isThere = false
  await isRefused('master-key', async () => {
    const { known, key } = await findSigningKey(parts)
    isThere = key !== undefined && keyIdOf(publicKeyOf(key)) === known?.id
  })
  return isThere
}

async function isRefused(code: GatewayError['code'], work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return false
  } catch (error) {
    if (error instanceof GatewayError && error.code === code) return true
    throw error
  }
}
