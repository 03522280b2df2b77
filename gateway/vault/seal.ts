import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { GatewayError } from '../errors.ts'

/**
 * Seals secrets at rest under the master key. The context says whose secret it is and is bound to it: a
 * sealed secret moved to another row does not open.
 */
export interface Vault {
  seal(plain: Uint8Array, context: string): Buffer
  /** Throws `master-key` where the key or the context is another one, or a byte was changed. The caller zeroes. */
  open(sealed: Uint8Array, context: string): Buffer
}

/** Format of a sealed secret: version, nonce, ciphertext as long as the secret, tag. */
const VERSION = 1
/** Bytes; the nonce AES-GCM is made for (NIST SP 800-38D §5.2.1.1), random: far from 2^32 secrets. */
const NONCE_LENGTH = 12
/** Bytes. */
const TAG_LENGTH = 16
const ALGORITHM = 'aes-256-gcm'

/** A vault under this master key of 32 bytes, which must stay as it is while the vault is used. */
export function createVault(masterKey: Uint8Array): Vault {
  return {
    seal(plain, context) {
      const nonce = randomBytes(NONCE_LENGTH)
      const cipher = createCipheriv(ALGORITHM, masterKey, nonce, { authTagLength: TAG_LENGTH })
      cipher.setAAD(boundTo(context))
      const ciphertext = cipher.update(plain)
      cipher.final()
      return Buffer.concat([Buffer.of(VERSION), nonce, ciphertext, cipher.getAuthTag()])
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
      if (bytes.length < 1 + NONCE_LENGTH + TAG_LENGTH || bytes[0] !== VERSION) throw doesNotOpen(context)
      const nonce = bytes.subarray(1, 1 + NONCE_LENGTH)
      const decipher = createDecipheriv(ALGORITHM, masterKey, nonce, { authTagLength: TAG_LENGTH })
      decipher.setAAD(boundTo(context))
      decipher.setAuthTag(bytes.subarray(-TAG_LENGTH))
      const plain = decipher.update(bytes.subarray(1 + NONCE_LENGTH, -TAG_LENGTH))
      try {
        decipher.final()
      } catch (cause) {
        plain.fill(0)
        throw doesNotOpen(context, cause)
      }
      return plain
    },
  }
}

function boundTo(context: string): Buffer {
  return Buffer.concat([Buffer.of(VERSION), Buffer.from(context, 'utf8')])
}

function doesNotOpen(context: string, cause?: unknown): GatewayError {
  return new GatewayError(
    'master-key',
    `the master key does not open the sealed ${context}`,
    'start with the master key file this installation was made with',
    cause,
  )
}
