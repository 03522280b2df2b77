import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { WireError, WireReader } from '../transport/wire.ts'

/** A public key that staff or their certificate authority can sign with. */
export interface PublicKey {
  /** Such as `ssh-rsa`. */
  readonly type: string
  readonly key: KeyObject
  /** What a FIDO authenticator signs for (PROTOCOL.u2f), mostly `ssh:`; undefined for all other keys. */
  readonly application: Buffer | undefined
}

export const SK_ED25519 = 'sk-ssh-ed25519@openssh.com'
export const SK_ECDSA = 'sk-ecdsa-sha2-nistp256@openssh.com'

const curves: Readonly<Record<string, { readonly jwk: string; readonly bytes: number }>> = {
  nistp256: { jwk: 'P-256', bytes: 32 },
  nistp384: { jwk: 'P-384', bytes: 48 },
  nistp521: { jwk: 'P-521', bytes: 66 },
}

/** NIST SP 800-131A: shorter RSA keys are not accepted … */
const RSA_BYTES_MIN = 2048 / 8
/** … and longer ones than OpenSSH's SSHBUF_MAX_BIGNUM would only cost us time. */
const RSA_BYTES_MAX = 16_384 / 8

/** Reads a key in wire form (RFC 4253 §6.6). Throws where it is not one we take, or damaged. */
export function readPublicKey(blob: Buffer): PublicKey {
  const reader = new WireReader(blob)
  const key = readKeyFields(reader.text(), reader)
  if (reader.remaining > 0) throw new WireError('bytes behind a public key')
  return key
}

/** The same for the fields behind the name of the type, as they also stand in the middle of a certificate. */
export function readKeyFields(type: string, reader: WireReader): PublicKey {
  const key = createPublicKey({ format: 'jwk', key: readJwk(type, reader) })
  const application = type === SK_ED25519 || type === SK_ECDSA ? reader.string() : undefined
  return { type, key, application }
}

function readJwk(type: string, reader: WireReader): JsonWebKey {
  switch (type) {
    case 'ssh-ed25519':
    case SK_ED25519:
      return { kty: 'OKP', crv: 'Ed25519', x: reader.string().toString('base64url') }
    case 'ssh-rsa':
      return readRsa(reader)
    case SK_ECDSA:
      return readPoint('nistp256', reader)
    default:
      return readPoint(type.replace(/^ecdsa-sha2-/, ''), reader)
  }
}

function readRsa(reader: WireReader): JsonWebKey {
  const [e, n] = [withoutLeadingZeros(reader.string()), withoutLeadingZeros(reader.string())]
  if (n.length < RSA_BYTES_MIN || n.length > RSA_BYTES_MAX) throw new WireError(`an RSA key of ${n.length} bytes`)
  return { kty: 'RSA', e: e.toString('base64url'), n: n.toString('base64url') }
}

/** RFC 5656 §3.1; 4 is an uncompressed point (SEC 1 §2.3.3). */
function readPoint(name: string, reader: WireReader): JsonWebKey {
  const [named, point] = [reader.text(), reader.string()]
  const curve = Object.hasOwn(curves, name) ? curves[name] : undefined
  if (curve === undefined || named !== name) throw new WireError('no type of key that we take')
  if (point[0] !== 4 || point.length !== 1 + 2 * curve.bytes) throw new WireError('not an uncompressed point')
  const x = point.subarray(1, 1 + curve.bytes).toString('base64url')
  const y = point.subarray(1 + curve.bytes).toString('base64url')
  return { kty: 'EC', crv: curve.jwk, x, y }
}

/** The magnitude of an mpint that is not negative. */
export function withoutLeadingZeros(number: Buffer): Buffer {
  let start = 0
  while (start < number.length && number[start] === 0) start++
  return number.subarray(start)
}
