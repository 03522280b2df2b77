/** Who is signed in to the pages. */
export type Principal =
  | { readonly kind: 'staff'; readonly staffId: string }
  | { readonly kind: 'client-user'; readonly clientId: string; readonly role: 'owner' | 'viewer' }

/** A one-time link lives this long (product.md, "Web"). */
export const LINK_LIFETIME_S = 60

export interface SignInStore {
  /** Stores sha256 of the token only. */
  addLink(tokenHash: Buffer, principal: Principal, expiresAt: Date): Promise<void>
  /** Uses the link up: the second call, or one after `expiresAt`, gives undefined. */
  redeemLink(tokenHash: Buffer, now: Date): Promise<Principal | undefined>
  addWebSession(idHash: Buffer, principal: Principal, expiresAt: Date): Promise<void>
  webSession(idHash: Buffer, now: Date): Promise<Principal | undefined>
  endWebSession(idHash: Buffer): Promise<void>
}
