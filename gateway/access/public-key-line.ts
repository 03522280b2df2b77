import { createPublicKey } from 'node:crypto'
import { GatewayError } from '../errors.ts'
import type { NewStaffKey } from './staff.ts'

const RSA_MIN_BITS = 2048
const RSA_MAX_BITS = 16_384

/** Point lengths are those of an uncompressed point (SEC 1 §2.3.3): 4, then both coordinates. */
const ecdsaCurves: Readonly<
  Record<string, { readonly name: string; readonly jwk: string; readonly coordinate: number }>
> = {
  'ecdsa-sha2-nistp256': { name: 'nistp256', jwk: 'P-256', coordinate: 32 },
  'ecdsa-sha2-nistp384': { name: 'nistp384', jwk: 'P-384', coordinate: 48 },
  'ecdsa-sha2-nistp521': { name: 'nistp521', jwk: 'P-521', coordinate: 66 },
}

/** OpenSSH's PROTOCOL.u2f: these keys end with the application they are for, mostly `ssh:`. */
const fidoPrefix = 'sk-'
const fidoTypes = new Set(['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'])

/**
 * The keys of a public key file: lines of `TYPE BASE64 COMMENT`, as in `id_ed25519.pub`. Takes ed25519, ECDSA on the
 * NIST curves, both as FIDO keys too, and RSA of 2048 bits or more. Throws `bad-input` for anything else, private keys above all.
 */
export function parsePublicKeyFile(text: string): readonly NewStaffKey[] {
  refuseOtherFiles(text)
  const keys = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parsePublicKeyLine)
  if (keys.length === 0) throw refusal('there is no public key in it')
  return keys
}

function refuseOtherFiles(text: string): void {
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|^PuTTY-User-Key-File/m.test(text)) {
    throw refusal('this is a private key: it must stay where it was made', 'give the file that ends in .pub')
  }
  if (text.includes('---- BEGIN SSH2 PUBLIC KEY ----')) {
    throw refusal('this is a public key in the format of RFC 4716', 'convert it with: ssh-keygen -i -f FILE')
  }
}

/** One line of such a file; see `parsePublicKeyFile`. */
export function parsePublicKeyLine(line: string): NewStaffKey {
  const [type = '', encoded = '', ...comment] = line.trim().split(/\s+/)
  refuseOtherTypes(type)
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) throw refusal(`the key after ${type} is not base64`)
  const blob = Buffer.from(encoded, 'base64')
  const fields = wireStrings(blob)
  if (fields === undefined || fields[0]?.toString('latin1') !== type) throw damaged(type)
  checkKey(type, fields)
  return { type, blob, comment: comment.join(' ') }
}

function refuseOtherTypes(type: string): void {
  if (type === 'ssh-ed25519' || type === 'ssh-rsa' || Object.hasOwn(ecdsaCurves, type)) return
  if (fidoTypes.has(type)) return
  if (type.includes('-cert-v01@')) {
    throw refusal('this is a certificate, not a key', 'give the plain public key beside it')
  }
  if (type === 'ssh-dss') throw refusal('DSA keys are not safe any more', 'make one with: ssh-keygen -t ed25519')
  throw refusal('a line does not begin with the type of a public key', 'give a file such as ~/.ssh/id_ed25519.pub')
}

function checkKey(type: string, fields: readonly Buffer[]): void {
  if (fidoTypes.has(type)) {
    const plain = type.slice(fidoPrefix.length, type.indexOf('@'))
    if ((fields.at(-1)?.length ?? 0) === 0) throw damaged(type)
    return checkKey(plain, fields.slice(0, -1))
  }
  if (type === 'ssh-rsa') return checkRsa(fields)
  if (type === 'ssh-ed25519') {
    if (fields.length !== 2 || fields[1]!.length !== 32) throw damaged(type)
    return
  }
  const curve = ecdsaCurves[type]!
  const point = fields[2]
  if (fields.length !== 3 || fields[1]!.toString('latin1') !== curve.name) throw damaged(type)
  if (point?.length !== 1 + 2 * curve.coordinate || point[0] !== 4) throw damaged(type)
  const x = point.subarray(1, 1 + curve.coordinate).toString('base64url')
  const y = point.subarray(1 + curve.coordinate).toString('base64url')
  try {
    createPublicKey({ key: { kty: 'EC', crv: curve.jwk, x, y }, format: 'jwk' })
  } catch {
    throw damaged(type)
  }
}

/** RFC 4253 §6.6: e, then n. */
function checkRsa(fields: readonly Buffer[]): void {
  const modulus = fields[2]
  if (fields.length !== 3 || modulus === undefined || modulus.length === 0) throw damaged('ssh-rsa')
  const bits = BigInt(`0x0${modulus.toString('hex')}`).toString(2).length
  if (bits < RSA_MIN_BITS || bits > RSA_MAX_BITS) {
    throw refusal(
      `this RSA key has ${bits} bits; from ${RSA_MIN_BITS} to ${RSA_MAX_BITS} are accepted`,
      'make one with: ssh-keygen -t ed25519',
    )
  }
}

/** The strings (RFC 4251 §5) the blob consists of; undefined where a length does not fit. */
function wireStrings(blob: Buffer): Buffer[] | undefined {
  const strings: Buffer[] = []
  let at = 0
  while (at < blob.length) {
    if (at + 4 > blob.length) return undefined
    const end = at + 4 + blob.readUInt32BE(at)
    if (end > blob.length) return undefined
    strings.push(blob.subarray(at + 4, end))
    at = end
  }
  return strings
}

function damaged(type: string): GatewayError {
  return refusal(`this ${type} key is damaged`, 'copy the line again, whole')
}

function refusal(message: string, hint?: string): GatewayError {
  return new GatewayError('bad-input', message, hint)
}
