/** The right of a staff member to reach every target of a client, or one target, until a time. */
export interface Grant {
  readonly id: string
  readonly staffId: string
  readonly clientId: string
  /** Undefined: every target of the client. */
  readonly targetId: string | undefined
  /** Undefined: until revoked. The right ends at this instant. */
  readonly until: Date | undefined
  readonly revokedAt: Date | undefined
}

/** A grant with the names a person reads. */
export interface NamedGrant extends Grant {
  readonly staffLogin: string
  readonly clientSlug: string
  readonly targetName: string | undefined
}

export interface GrantStore {
  add(grant: Omit<Grant, 'id' | 'revokedAt'>, actor: string): Promise<Grant>
  list(): Promise<readonly NamedGrant[]>
  /** Throws `not-found`. Revoking twice changes nothing. */
  revoke(id: string, actor: string): Promise<void>
}
