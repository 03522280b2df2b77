import type { SupportKeyView } from '#shared/api.ts'
import { authorizedKeysLine, type KeyLineTerms } from './authorized-keys-line.ts'
import { fingerprint } from './fingerprint.ts'
import type { SupportKey } from './support-key.ts'

/** The public half of a support key as the API and `--json` show it. */
export function supportKeyView(key: SupportKey, terms: KeyLineTerms): SupportKeyView {
  return {
    client: terms.clientSlug,
    state: key.state,
    fingerprint: fingerprint(key.publicBlob),
    authorizedKeysLine: authorizedKeysLine(key.publicBlob, terms),
    createdAt: key.createdAt.toISOString(),
    changedAt: key.changedAt.toISOString(),
    changedBy: key.changedBy,
  }
}
