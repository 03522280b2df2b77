import { createPublicKey } from 'node:crypto'
import { fullTargetName } from '../access/names.ts'
import type { SupportKeyStore } from '../access/support-key.ts'
import type { Target, TargetStore } from '../access/target.ts'
import { GatewayError } from '../errors.ts'
import { connectTarget } from '../target/connect-target.ts'
import type { TargetCredentials } from '../target/credentials.ts'
import type { SessionLink } from '../transport/session-link.ts'
import { string, wireMessage } from '../transport/wire.ts'
import type { Vault } from '../vault/seal.ts'
import { openSupportKey } from '../vault/support-key-pair.ts'
import { openTargetPassword } from '../vault/target-password.ts'

export interface DialParts {
  readonly targets: Pick<TargetStore, 'hostKeys' | 'sealedPassword'>
  readonly supportKeys: Pick<SupportKeyStore, 'sealedPrivate'>
  readonly vault: Vault
  /** Of the pages, where clients find their key. */
  readonly publicUrl: string
  /** The demo's target. */
  openLocalShell(): Promise<SessionLink>
}

/** Opens the credentials of a target for this one dial and signs in. Throws the codes of `connectTarget`. */
export async function dialTarget(
  parts: DialParts,
  target: Target,
  login: string,
  supportKeyId: string,
): Promise<SessionLink> {
  if (target.reach.kind === 'local-shell') return parts.openLocalShell()
  const [trustedKeys, credentials] = await Promise.all([
    parts.targets.hostKeys(target.id),
    openCredentials(parts, target, supportKeyId),
  ])
  const { host, port } = target.reach
  const keyPage = `${parts.publicUrl}/clients/${target.clientSlug}`
  return connectTarget({ name: fullTargetName(target), host, port, login, keyPage, trustedKeys }, credentials)
}

async function openCredentials(parts: DialParts, target: Target, supportKeyId: string): Promise<TargetCredentials> {
  const [sealedPrivate, sealedPassword] = await Promise.all([
    parts.supportKeys.sealedPrivate(supportKeyId),
    parts.targets.sealedPassword(target.id),
  ])
  if (sealedPrivate === undefined)
    throw new GatewayError('conflict', `the support key of ${target.clientSlug} was revoked`)
  const privateKey = openSupportKey(parts.vault, target.clientId, sealedPrivate)
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  const publicBlob = wireMessage(string('ssh-ed25519'), string(Buffer.from(x, 'base64url')))
  const password =
    sealedPassword === undefined
      ? undefined
      : openTargetPassword(parts.vault, fullTargetName(target), sealedPassword).toString('utf8')
  return { privateKey, publicBlob, password }
}
