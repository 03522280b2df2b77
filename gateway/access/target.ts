import type { PolicyChange, PolicyEntries } from './policy.ts'

/** How the gateway reaches a target: over SSH, or the demo's own shell on the gateway's machine. */
export type TargetReach =
  | { readonly kind: 'ssh'; readonly host: string; readonly port: number }
  | { readonly kind: 'local-shell' }

/** A client's server. Its full name is `name.clientSlug`, such as `web1.acme`. */
export interface Target {
  readonly id: string
  readonly clientId: string
  readonly clientSlug: string
  /** `[a-z][a-z0-9-]{0,62}` */
  readonly name: string
  readonly reach: TargetReach
  /** The login used when the administrator names none. */
  readonly login: string
  /** Other logins an administrator may ask for. */
  readonly logins: readonly string[]
  readonly notes: string
}

/** A host key of a target that somebody trusted, or that the first connection met. */
export interface TrustedHostKey {
  /** Such as `ssh-ed25519`. */
  readonly type: string
  /** The public key in SSH wire form (RFC 4253 §6.6). */
  readonly blob: Buffer
  readonly trustedAt: Date
  readonly trustedBy: string
}

export interface NewTarget {
  readonly clientSlug: string
  readonly name: string
  readonly reach: TargetReach
  readonly login: string
  readonly logins: readonly string[]
  readonly notes: string
  /** Sealed by the vault; undefined where the support key alone is used. */
  readonly sealedPassword: Buffer | undefined
}

/** What can be changed of a target. */
export type TargetChange = Partial<Pick<NewTarget, 'reach' | 'login' | 'logins' | 'notes' | 'sealedPassword'>> & {
  /** `default` takes every entry away: the client's hold again. */
  readonly policy?: PolicyChange | 'default' | undefined
}

export interface TargetStore {
  /** Throws `not-found` for an unknown client, `already-exists` for a taken name. */
  add(target: NewTarget, actor: string): Promise<Target>
  /** Every target that is not removed, by client and name. */
  list(): Promise<readonly Target[]>
  byName(name: string, clientSlug: string): Promise<Target | undefined>
  /** Throws `not-found`. */
  set(target: Target, change: TargetChange, actor: string): Promise<Target>
  /** What is said of the target itself. Throws `not-found`, and `conflict` where it cannot be read. */
  policy(target: Target): Promise<PolicyEntries>
  /** Its sessions stay on record; nobody can connect any more. */
  remove(target: Target, actor: string): Promise<void>
  hostKeys(targetId: string): Promise<readonly TrustedHostKey[]>
  /** Replaces every trusted key of the target by these. */
  trust(targetId: string, keys: readonly Pick<TrustedHostKey, 'type' | 'blob'>[], actor: string): Promise<void>
  sealedPassword(targetId: string): Promise<Buffer | undefined>
}
