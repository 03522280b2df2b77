import { createHash, verify } from 'node:crypto'
import { mpint, uint32, wireMessage, WireReader } from '../transport/wire.ts'
import { readPublicKey, SK_ECDSA, SK_ED25519, withoutLeadingZeros, type PublicKey } from './public-key-blob.ts'

/** What staff may prove themselves by, and the hash of each (RFC 8332, RFC 5656 §6.2.1). No SHA-1. */
const hashes: Readonly<Record<string, string | null>> = {
  'ssh-ed25519': null,
  [SK_ED25519]: null,
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
  [SK_ECDSA]: 'sha256',
  'rsa-sha2-512': 'sha512',
  'rsa-sha2-256': 'sha256',
}

/** Their names, for EXT_INFO. */
export const signatureAlgorithms: readonly string[] = Object.keys(hashes)

/** What an authenticator saw before it signed (W3C WebAuthn §6.1, flags UP and UV). */
export interface FidoFlags {
  /** Somebody touched it. */
  readonly touched: boolean
  /** It asked for its PIN, or for a finger that it knows. */
  readonly verified: boolean
}
const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04

/** A proof of possession as it stands in a request (RFC 4252 §7). */
export interface KeyProof {
  /** Signature algorithm named by the client, such as `rsa-sha2-512`. */
  readonly algorithm: string
  /** Public key in SSH wire form, no certificate. */
  readonly key: Buffer
  /** `string algorithm` + `string signature`, and what a FIDO authenticator adds. */
  readonly signature: Buffer
  /** What was signed. */
  readonly signed: Buffer
}

/** Whether the signature proves the key; with a FIDO key, by a touch. Never throws. */
export function proves(proof: KeyProof): boolean {
  const proven = provenBy(proof)
  return proven !== undefined && proven.fido?.touched !== false
}

/**
 * What a signature that proves the key shows beside that; undefined where it proves nothing, as anything that cannot
 * be parsed. `fido` is there for FIDO keys alone. Never throws.
 */
export function provenBy({ algorithm, key, signature, signed }: KeyProof): { fido?: FidoFlags } | undefined {
  try {
    const reader = new WireReader(signature)
    const publicKey = readPublicKey(key)
    if (reader.text() !== algorithm || !Object.hasOwn(hashes, algorithm)) return undefined
    if (publicKey.type !== (algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm)) return undefined
    const bytes = reader.string()
    const { application } = publicKey
    const { content, ...shown } =
      application === undefined ? { content: signed } : fidoSigned(application, signed, reader)
    return reader.remaining === 0 && verifies(algorithm, publicKey, content, bytes) ? shown : undefined
  } catch {
    return undefined
  }
}

/**
 * OpenSSH's PROTOCOL.u2f: the authenticator signs hashes of application and message, its flags and its counter.
 * The counter decides nothing: many authenticators never move it.
 */
function fidoSigned(application: Buffer, signed: Buffer, reader: WireReader): { content: Buffer; fido: FidoFlags } {
  const [flags, counter] = [reader.byte(), reader.uint32()]
  const sha256 = (data: Buffer) => createHash('sha256').update(data).digest()
  return {
    content: wireMessage(sha256(application), flags, uint32(counter), sha256(signed)),
    fido: { touched: (flags & USER_PRESENT) !== 0, verified: (flags & USER_VERIFIED) !== 0 },
  }
}

function verifies(algorithm: string, { key }: PublicKey, content: Buffer, signature: Buffer): boolean {
  const hash = hashes[algorithm]
  if (hash === undefined) return false
  if (key.asymmetricKeyType !== 'ec') return verify(hash, content, key, signature)
  const reader = new WireReader(signature)
  const [r, s] = [reader.string(), reader.string()]
  return reader.remaining === 0 && verify(hash, content, key, derSignature(r, s))
}

/** RFC 5656 §3.1.2 has two mpints, OpenSSL wants the SEQUENCE of X.690. Both are at most 66 bytes long. */
function derSignature(r: Buffer, s: Buffer): Buffer {
  const integer = (value: Buffer) => {
    const content = mpint(withoutLeadingZeros(value)).subarray(4)
    return Buffer.concat([Buffer.of(0x02, content.length), content])
  }
  const body = Buffer.concat([integer(r), integer(s)])
  const head = body.length < 0x80 ? Buffer.of(0x30, body.length) : Buffer.of(0x30, 0x81, body.length)
  return Buffer.concat([head, body])
}
