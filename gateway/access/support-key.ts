import { GatewayError } from '../errors.ts'

export type SupportKeyState = 'active' | 'paused' | 'retired' | 'revoked'

/** The key pair the gateway uses on all targets of one client. The private half is sealed by the vault. */
export interface SupportKey {
  readonly id: string
  readonly clientId: string
  readonly state: SupportKeyState
  /** SSH wire form of the public half. */
  readonly publicBlob: Buffer
  readonly createdAt: Date
  readonly changedAt: Date
  /** Who made the last change, such as `staff:ivan`, `client:acme` or `operator`. */
  readonly changedBy: string
}

export type SupportKeyMove = 'pause' | 'resume' | 'revoke'

const moves = {
  active: { pause: 'paused', resume: undefined, revoke: 'revoked' },
  paused: { pause: undefined, resume: 'active', revoke: 'revoked' },
  retired: { pause: undefined, resume: undefined, revoke: 'revoked' },
  revoked: { pause: undefined, resume: undefined, revoke: undefined },
} as const satisfies Record<SupportKeyState, Record<SupportKeyMove, SupportKeyState | undefined>>

/** The state a move of this client's key leads to. Throws `conflict` where the move does not exist: revoked is for good. */
export function moveSupportKey(state: SupportKeyState, move: SupportKeyMove, clientSlug: string): SupportKeyState {
  const next = moves[state][move]
  if (next !== undefined) return next
  const key = `the support key of ${clientSlug}`
  const anew = `a new one is made with: gatebook key issue ${clientSlug}`
  if (state === moves.active[move] || (state === 'active' && move === 'resume')) {
    throw new GatewayError('conflict', `${key} is ${state} already`, state === 'revoked' ? anew : undefined)
  }
  throw new GatewayError('conflict', `${key} was ${state}, which is for good`, anew)
}

export interface SupportKeyStore {
  /** The newest key of the client, whatever its state. */
  current(clientId: string): Promise<SupportKey | undefined>
  /** Throws `conflict` while the client has a key that is active or paused. */
  issue(clientId: string, publicBlob: Buffer, sealedPrivate: Buffer, actor: string): Promise<SupportKey>
  /** Applies `moveSupportKey` under a row lock, destroys the sealed private half on revoke, notifies gateways. */
  move(clientId: string, move: SupportKeyMove, actor: string): Promise<SupportKey>
  /** The sealed private half; undefined once revoked. */
  sealedPrivate(keyId: string): Promise<Buffer | undefined>
}
