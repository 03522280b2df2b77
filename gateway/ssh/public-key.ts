import { createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto'
import { mpint, WireError, WireReader } from '../transport/wire.ts'

/** What staff may prove themselves by, and the hash of each (RFC 8332, RFC 5656 §6.2.1). No SHA-1. */
const hashes: Readonly<Record<string, string | null>> = {
  'ssh-ed25519': null,
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
}

const curves: Readonly<Record<string, { readonly jwk: string; readonly bytes: number }>> = {
  nistp256: { jwk: 'P-256', bytes: 32 },
  nistp384: { jwk: 'P-384', bytes: 48 },
  nistp521: { jwk: 'P-521', bytes: 66 },
}

/** NIST SP 800-131A: shorter RSA keys are not accepted. */
const RSA_BYTES_MIN = 2048 / 8

/** A proof of possession as it stands in a request (RFC 4252 §7). */
export interface KeyProof {
  /** Signature algorithm named by the client, such as `rsa-sha2-512`. */
  readonly algorithm: string
  /** Public key in SSH wire form. */
  readonly key: Buffer
  /** `string algorithm` + `string signature`. */
  readonly signature: Buffer
  /** What was signed. */
  readonly signed: Buffer
}

/** Whether the signature proves the key. Never throws: what cannot be parsed proves nothing. */
export function proves(proof: KeyProof): boolean {
  try {
    const reader = new WireReader(proof.signature)
    const algorithm = reader.text()
    const signature = reader.string()
    if (algorithm !== proof.algorithm || reader.remaining > 0) return false
    return verifyAs(proof, signature)
  } catch {
    return false
  }
}

function verifyAs({ algorithm, key, signed }: KeyProof, signature: Buffer): boolean {
  const hash = hashes[algorithm]
  if (hash === undefined) return false
  const { type, publicKey } = readPublicKey(key)
  if (type !== (algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm)) return false
  if (!type.startsWith('ecdsa-')) return verify(hash, signed, publicKey, signature)
  const reader = new WireReader(signature)
  const [r, s] = [reader.string(), reader.string()]
  if (reader.remaining > 0) return false
  return verify(hash, signed, publicKey, derSignature(r, s))
}

/** The key object of a public key in wire form. Throws when it is not one we take. */
function readPublicKey(blob: Buffer): { type: string; publicKey: KeyObject } {
  const reader = new WireReader(blob)
  const type = reader.text()
  const publicKey = createPublicKey({ format: 'jwk', key: readJwk(type, reader) })
  if (reader.remaining > 0) throw new WireError('bytes behind a public key')
  return { type, publicKey }
}

function readJwk(type: string, reader: WireReader): JsonWebKey {
  if (type === 'ssh-ed25519') return { kty: 'OKP', crv: 'Ed25519', x: reader.string().toString('base64url') }
  if (type === 'ssh-rsa') {
    const [e, n] = [reader.string(), unsigned(reader.string())]
    if (n.length < RSA_BYTES_MIN) throw new WireError('the RSA key is too short')
    return { kty: 'RSA', e: unsigned(e).toString('base64url'), n: n.toString('base64url') }
  }
  const name = reader.text()
  const curve = curves[name]
  const point = reader.string()
  if (curve === undefined || type !== `ecdsa-sha2-${name}`) throw new WireError(`no key type we take: ${type}`)
  // SEC 1 §2.3.3: 4 is an uncompressed point.
  if (point[0] !== 4 || point.length !== 1 + 2 * curve.bytes) throw new WireError('not an uncompressed point')
  const x = point.subarray(1, 1 + curve.bytes).toString('base64url')
  const y = point.subarray(1 + curve.bytes).toString('base64url')
  return { kty: 'EC', crv: curve.jwk, x, y }
}

function unsigned(number: Buffer): Buffer {
  return number[0] === 0 ? unsigned(number.subarray(1)) : number
}

/** RFC 5656 §3.1.2 has two mpints, OpenSSL wants the SEQUENCE of X.690. Both are at most 66 bytes long. */
function derSignature(r: Buffer, s: Buffer): Buffer {
  const integer = (value: Buffer) => {
    const content = mpint(unsigned(value)).subarray(4)
    return Buffer.concat([Buffer.of(0x02, content.length), content])
  }
  const body = Buffer.concat([integer(r), integer(s)])
  const head = body.length < 0x80 ? Buffer.of(0x30, body.length) : Buffer.of(0x30, 0x81, body.length)
  return Buffer.concat([head, body])
}
