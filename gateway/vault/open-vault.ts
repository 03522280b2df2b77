import { fullTargetName } from '../access/names.ts'
import type { ClientStore } from '../access/client.ts'
import type { SupportKeyStore } from '../access/support-key.ts'
import type { TargetStore } from '../access/target.ts'
import { loadMasterKey } from './master-key.ts'
import { createVault, type Vault } from './seal.ts'
import { supportKeyContext, targetPasswordContext } from './secret-context.ts'

/** Where sealed secrets are kept. */
export interface SecretStores {
  readonly clients: Pick<ClientStore, 'list'>
  readonly supportKeys: Pick<SupportKeyStore, 'current' | 'sealedPrivate'>
  readonly targets: Pick<TargetStore, 'list' | 'sealedPassword'>
}

/**
 * The vault of this installation, its master key made at the first use. Throws `master-key` where the key is
 * missing or unusable, or does not open what is stored.
 */
export async function openVault(
  place: { readonly masterKeyFile: string; readonly dataDirectory: string },
  stores: SecretStores,
): Promise<Vault> {
  const sample = await anySealedSecret(stores)
  const vault = createVault(await loadMasterKey({ ...place, somethingIsSealed: sample !== undefined }))
  if (sample !== undefined) vault.open(sample.sealed, sample.context).fill(0)
  return vault
}

/** One secret is enough: all are sealed under the same key. */
async function anySealedSecret(stores: SecretStores): Promise<{ sealed: Buffer; context: string } | undefined> {
  for (const client of await stores.clients.list()) {
    const key = await stores.supportKeys.current(client.id)
    const sealed = key === undefined ? undefined : await stores.supportKeys.sealedPrivate(key.id)
    if (sealed !== undefined) return { sealed, context: supportKeyContext(client.id) }
  }
  for (const target of await stores.targets.list()) {
    const sealed = await stores.targets.sealedPassword(target.id)
    if (sealed !== undefined) return { sealed, context: targetPasswordContext(fullTargetName(target)) }
  }
  return undefined
}
