import type { ClientStore } from '../access/client.ts'
import { fullTargetName } from '../access/names.ts'
import type { SecondFactorStore } from '../access/second-factor.ts'
import type { SupportKeyStore } from '../access/support-key.ts'
import type { TargetStore } from '../access/target.ts'
import { supportKeyContext, targetPasswordContext, totpSecretContext } from './secret-context.ts'

/** Where sealed secrets are kept. */
export interface SecretStores {
  readonly clients: Pick<ClientStore, 'list'>
  readonly supportKeys: Pick<SupportKeyStore, 'current' | 'sealedPrivate'>
  readonly targets: Pick<TargetStore, 'list' | 'sealedPassword'>
  readonly secondFactors: Pick<SecondFactorStore, 'anySealedSecret'>
}

/**
 * One sealed secret with what it is bound to, to try a master key on; undefined while nothing is sealed.
 * One is enough: all are sealed under the same key.
 */
export async function sealedSample(stores: SecretStores): Promise<{ sealed: Buffer; context: string } | undefined> {
  for (const client of await stores.clients.list()) {
    const key = await stores.supportKeys.current(client.id)
    const sealed = key === undefined ? undefined : await stores.supportKeys.sealedPrivate(key.id)
    if (sealed !== undefined) return { sealed, context: supportKeyContext(client.id) }
  }
  for (const target of await stores.targets.list()) {
    const sealed = await stores.targets.sealedPassword(target.id)
    if (sealed !== undefined) return { sealed, context: targetPasswordContext(fullTargetName(target)) }
  }
  const factor = await stores.secondFactors.anySealedSecret()
  return factor && { sealed: factor.sealedSecret, context: totpSecretContext(factor.staffId) }
}
