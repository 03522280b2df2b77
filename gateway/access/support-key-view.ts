import type { SupportKeyView } from '#shared/api.ts'
import { authorizedKeysLine } from './authorized-keys-line.ts'
import { fingerprint } from './fingerprint.ts'
import type { SupportKey } from './support-key.ts'

/** The public half of a support key as the API and `--json` show it; `publicAddress` as in `authorizedKeysLine`. */
export function supportKeyView(key: SupportKey, clientSlug: string, publicAddress: string | undefined): SupportKeyView {
  return {
    client: clientSlug,
    state: key.state,
    fingerprint: fingerprint(key.publicBlob),
    authorizedKeysLine: authorizedKeysLine(key.publicBlob, clientSlug, publicAddress),
    createdAt: key.createdAt.toISOString(),
    changedAt: key.changedAt.toISOString(),
    changedBy: key.changedBy,
  }
}
