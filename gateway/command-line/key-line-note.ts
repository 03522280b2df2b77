import { forwardingOptions } from '../access/authorized-keys-line.ts'
import type { PolicyChange } from '../access/policy.ts'
import type { Desk } from './desk.ts'
import type { OpenStores } from './program-parts.ts'

/** Where a change lets more be forwarded, says that the line in the client's authorized_keys must do so as well. */
export async function noteKeyLine(
  { desk, stores, clientSlug }: { readonly desk: Desk; readonly stores: OpenStores; readonly clientSlug: string },
  change: PolicyChange | 'default' | undefined,
  work: () => Promise<unknown>,
): Promise<void> {
  const changes = change === 'default' || change?.forward !== undefined
  const options = async () => (changes ? forwardingOptions(await stores.clients.allowedForwarding(clientSlug)) : [])
  const before = await options()
  await work()
  const more = (await options()).filter((option) => !before.includes(option))
  if (more.length === 0) return
  const what = `${more.join(' and ')} in authorized_keys of the servers`
  desk.note(`this needs ${what}: gatebook key show ${clientSlug} prints the line`)
}
