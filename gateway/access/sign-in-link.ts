import type { Clock } from '../clock.ts'
import { newSecret, secretHash } from './sign-in-secret.ts'
import { LINK_LIFETIME_S, type Principal, type SignInStore } from './sign-in.ts'

export interface SignInLinkParts {
  readonly signIns: SignInStore
  readonly clock: Clock
  /** Without a slash at the end. */
  readonly publicUrl: string
}

/**
 * A one-time link to the pages, good for 60 s. The token stands behind the `#`, so that it reaches no server log
 * and no `Referer`.
 */
export async function newSignInLink(parts: SignInLinkParts, principal: Principal): Promise<string> {
  const token = newSecret()
  const expiresAt = new Date(parts.clock.now().getTime() + LINK_LIFETIME_S * 1000)
  await parts.signIns.addLink(secretHash(token), principal, expiresAt)
  return `${parts.publicUrl}/sign-in#${token}`
}
