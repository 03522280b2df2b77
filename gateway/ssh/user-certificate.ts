import { string, wireMessage, WireError, WireReader } from '../transport/wire.ts'
import { readKeyFields } from './public-key-blob.ts'

/** An OpenSSH certificate (PROTOCOL.certkeys) as it came: nothing of it is true before its signature is checked. */
export interface UserCertificate {
  /** The certified key in plain wire form. */
  readonly key: Buffer
  readonly serial: bigint
  /** 1: of a user; 2: of a host. */
  readonly kind: number
  readonly keyId: string
  readonly principals: readonly string[]
  /** Seconds since 1970; the first at which it is good, and the first at which it is not any more. */
  readonly validAfter: bigint
  readonly validBefore: bigint
  readonly criticalOptions: readonly CriticalOption[]
  /** The public key of who signed it, in wire form. */
  readonly authority: Buffer
  readonly signature: Buffer
  /** What the authority signed. */
  readonly signed: Buffer
}

export interface CriticalOption {
  readonly name: string
  readonly data: Buffer
}

const SUFFIX = '-cert-v01@openssh.com'

/** Whether a client names a certificate by this algorithm, such as `rsa-sha2-512-cert-v01@openssh.com`. */
export function isCertificateAlgorithm(algorithm: string): boolean {
  return algorithm.endsWith(SUFFIX)
}

/** The algorithm or key type without the certificate: `sk-ssh-ed25519@openssh.com` for its certificate's. */
export function withoutCertificate(name: string): string {
  const plain = name.slice(0, -SUFFIX.length)
  return plain.startsWith('sk-') ? `${plain}@openssh.com` : plain
}

/** Takes a certificate apart. Undefined where it is none, or damaged. */
export function readCertificate(blob: Buffer): UserCertificate | undefined {
  try {
    return read(blob)
  } catch {
    return undefined
  }
}

function read(blob: Buffer): UserCertificate {
  const reader = new WireReader(blob)
  const type = reader.text()
  if (!isCertificateAlgorithm(type)) throw new WireError('no certificate')
  // The nonce, which makes what is signed unforeseeable.
  reader.string()
  const keyStart = blob.length - reader.remaining
  readKeyFields(withoutCertificate(type), reader)
  const keyFields = blob.subarray(keyStart, blob.length - reader.remaining)
  const [serial, kind, keyId] = [reader.uint64(), reader.uint32(), reader.text()]
  const principals = listOf(reader.string(), (list) => list.text())
  const [validAfter, validBefore] = [reader.uint64(), reader.uint64()]
  const criticalOptions = listOf(reader.string(), (list) => ({ name: list.text(), data: list.string() }))
  // Extensions (PROTOCOL.md says why none counts here) and a reserved field.
  reader.string()
  reader.string()
  const authority = reader.string()
  const signed = blob.subarray(0, blob.length - reader.remaining)
  const signature = reader.string()
  if (reader.remaining > 0) throw new WireError('bytes behind a certificate')
  const key = wireMessage(string(withoutCertificate(type)), keyFields)
  const validity = { validAfter, validBefore }
  return { key, serial, kind, keyId, principals, ...validity, criticalOptions, authority, signature, signed }
}

function listOf<Item>(bytes: Buffer, readItem: (list: WireReader) => Item): Item[] {
  const list = new WireReader(bytes)
  const items: Item[] = []
  while (list.remaining > 0) items.push(readItem(list))
  return items
}
