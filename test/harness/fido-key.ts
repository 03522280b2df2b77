import { createHash } from 'node:crypto'
import { string, uint32, wireMessage, WireReader } from '#gateway/transport/wire.ts'
import { newKey } from './test-key.ts'

/** What an authenticator signs with; changed by tests that lie. */
export interface FidoTouch {
  /** 1: somebody touched it; 4: a PIN or a finger was checked as well. */
  readonly flags: number
  readonly counter: number
  readonly application: string
}

/** An emulated FIDO authenticator (OpenSSH's PROTOCOL.u2f). */
export interface FidoKey {
  readonly type: FidoType
  readonly algorithm: FidoType
  /** Public half in wire form. */
  readonly blob: Buffer
  /** `string type` + `string signature` + flags + counter. */
  prove(data: Buffer, touch?: Partial<FidoTouch>): Buffer
}

type FidoType = 'sk-ssh-ed25519@openssh.com' | 'sk-ecdsa-sha2-nistp256@openssh.com'

/** A new FIDO key for `application`. */
export function newFidoKey(type: FidoType, application = 'ssh:'): FidoKey {
  const plain = newKey(type === 'sk-ssh-ed25519@openssh.com' ? 'ssh-ed25519' : 'ecdsa-sha2-nistp256')
  const reader = new WireReader(plain.blob)
  reader.string()
  return {
    type,
    algorithm: type,
    blob: wireMessage(string(type), reader.rest(), string(application)),
    prove(data, touch) {
      const { flags, counter, application: named } = { flags: 1, counter: 7, application, ...touch }
      const content = wireMessage(sha256(named), flags, uint32(counter), sha256(data))
      return wireMessage(string(type), string(plain.sign(content)), flags, uint32(counter))
    },
  }
}

function sha256(data: Buffer | string): Buffer {
  return createHash('sha256').update(data).digest()
}
