import type { HostKeyView, TargetView } from '#shared/api.ts'
import { fingerprint } from './fingerprint.ts'
import { fullTargetName } from './names.ts'
import type { Target, TrustedHostKey } from './target.ts'

/** A target as `--json` shows it. */
export function targetView(target: Target): TargetView {
  const { reach } = target
  return {
    id: target.id,
    target: fullTargetName(target),
    client: target.clientSlug,
    reach: reach.kind,
    host: reach.kind === 'ssh' ? reach.host : null,
    port: reach.kind === 'ssh' ? reach.port : null,
    login: target.login,
    logins: [...target.logins],
    notes: target.notes,
  }
}

/** A trusted host key of a target as `--json` shows it. */
export function hostKeyView(key: TrustedHostKey): HostKeyView {
  return {
    type: key.type,
    fingerprint: fingerprint(key.blob),
    trustedAt: key.trustedAt.toISOString(),
    trustedBy: key.trustedBy,
  }
}
