import type { KeyObject } from 'node:crypto'

/** How the gateway signs in to a target. Held in memory for the dial only. */
export interface TargetCredentials {
  /** The client's support key, always ed25519. */
  readonly privateKey: KeyObject
  /** Its public half in SSH wire form. */
  readonly publicBlob: Buffer
  /** Tried when the target refuses the key; undefined where the vault holds none. */
  readonly password: string | undefined
}
