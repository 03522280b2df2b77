import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Vault } from './seal.ts'
import { supportKeyContext } from './secret-context.ts'

/** A new support key as it is stored: nobody has seen its private half. */
export interface SealedKeyPair {
  /** SSH wire form of the ed25519 public key (RFC 8709 §4). */
  readonly publicBlob: Buffer
  /** PKCS#8 DER under the vault. */
  readonly sealedPrivate: Buffer
}

const KEY_TYPE = 'ssh-ed25519'
/** Bytes; the raw key ends the SubjectPublicKeyInfo (RFC 8410 §4). */
const RAW_LENGTH = 32

/** Makes the ed25519 key pair of a client; the private half leaves this function sealed only. */
export function makeSupportKeyPair(vault: Vault, clientId: string): SealedKeyPair {
  const pair = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { format: 'der', type: 'spki' },
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
  })
  try {
    const publicBlob = Buffer.concat([
      wireString(Buffer.from(KEY_TYPE)),
      wireString(pair.publicKey.subarray(-RAW_LENGTH)),
    ])
    return { publicBlob, sealedPrivate: vault.seal(pair.privateKey, supportKeyContext(clientId)) }
  } finally {
    pair.privateKey.fill(0)
  }
}

/** The private half, ready to sign. Throws `master-key` where the vault cannot open it. */
export function openSupportKey(vault: Vault, clientId: string, sealedPrivate: Uint8Array): KeyObject {
  const pkcs8 = vault.open(sealedPrivate, supportKeyContext(clientId))
  try {
    return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  } finally {
    pkcs8.fill(0)
  }
}

/** RFC 4251 §5. */
function wireString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
