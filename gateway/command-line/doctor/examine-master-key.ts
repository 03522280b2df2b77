import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { GatewayError } from '../../errors.ts'
import { readMasterKey } from '../../vault/master-key.ts'
import { createVault } from '../../vault/seal.ts'
import { type SecretStores, sealedSample } from '../../vault/sealed-sample.ts'
import { fail, type Finding, ok, warn } from './finding.ts'

const CHECK = 'master key'

/** The master key: can it be used, and does it open what is stored? `stores` undefined: the database is away. */
export async function examineMasterKey(config: Config, stores: SecretStores | undefined): Promise<Finding> {
  try {
    const sample = stores === undefined ? undefined : await sealedSample(stores)
    const key = await readMasterKey(config.masterKeyFile)
    if (key === undefined) return missing(config, sample !== undefined)
    if (sample !== undefined) {
      createVault(key).open(sample.sealed, sample.context).fill(0)
      return ok(CHECK, 'opens what is sealed')
    }
    if (stores !== undefined) return ok(CHECK, 'there; nothing is sealed yet')
    return warn(CHECK, 'there, but not tried on a secret', 'mend the database first')
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return fail(CHECK, error.message, error.hint ?? 'bring back the master key file')
  }
}

function missing(config: Config, somethingIsSealed: boolean): Finding {
  const isOurs = config.masterKeyFile === join(config.dataDirectory, 'master.key')
  if (isOurs && !somethingIsSealed) return ok(CHECK, `${config.masterKeyFile} will be made at the first start`)
  return fail(CHECK, `there is no ${config.masterKeyFile}`, 'bring back the file from your backup')
}
