import { existsSync } from 'node:fs'
import { loadMasterKey } from './master-key.ts'
import { createVault, type Vault } from './seal.ts'
import { type SecretStores, sealedSample } from './sealed-sample.ts'
import { signingKeyPath } from './signing-key-file.ts'

/**
 * The vault of this installation, its master key made at the first use. Throws `master-key` where the key is
 * missing or unusable, or does not open what is stored.
 */
export async function openVault(
  place: { readonly masterKeyFile: string; readonly dataDirectory: string },
  stores: SecretStores,
): Promise<Vault> {
  const sample = await sealedSample(stores)
  const somethingIsSealed = sample !== undefined || existsSync(signingKeyPath(place.dataDirectory))
  const vault = createVault(await loadMasterKey({ ...place, somethingIsSealed }))
  if (sample !== undefined) vault.open(sample.sealed, sample.context).fill(0)
  return vault
}
