import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import type { HostKey } from 'ssh2/lib/protocol/Protocol.js'
import { mpint, string, wireMessage } from '#gateway/transport/wire.ts'

/** A key pair that signs as RFC 4252 wants it. */
export interface TestKey {
  /** Type of the key, such as `ssh-rsa`. */
  readonly type: string
  /** Signature algorithm, such as `rsa-sha2-512`. */
  readonly algorithm: string
  /** Public half in wire form. */
  readonly blob: Buffer
  readonly privateKey: KeyObject
  /** The signature without the name of its algorithm. */
  sign(data: Buffer): Buffer
}

const ecdsa = {
  'ecdsa-sha2-nistp256': { curve: 'P-256', name: 'nistp256', hash: 'sha256' },
  'ecdsa-sha2-nistp384': { curve: 'P-384', name: 'nistp384', hash: 'sha384' },
  'ecdsa-sha2-nistp521': { curve: 'P-521', name: 'nistp521', hash: 'sha512' },
} as const

const rsaHashes = { 'ssh-rsa': 'sha1', 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' } as const

type EcdsaAlgorithm = keyof typeof ecdsa
type RsaAlgorithm = keyof typeof rsaHashes

/** A new key for a signature algorithm. */
export function newKey(algorithm: 'ssh-ed25519' | EcdsaAlgorithm): TestKey {
  return algorithm === 'ssh-ed25519' ? newEd25519() : newEcdsa(algorithm)
}

function newEd25519(): TestKey {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  const type = 'ssh-ed25519'
  const blob = wireMessage(string(type), string(Buffer.from(x, 'base64url')))
  return { type, algorithm: type, blob, privateKey, sign: (data) => sign(null, data, privateKey) }
}

function newEcdsa(algorithm: EcdsaAlgorithm): TestKey {
  const { curve, name, hash } = ecdsa[algorithm]
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: curve })
  const { x = '', y = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  return {
    type: algorithm,
    algorithm,
    blob: wireMessage(string(algorithm), string(name), string(point)),
    privateKey,
    sign: (data) => ecdsaSignature(hash, data, privateKey),
  }
}

/** RFC 5656 §3.1.2: r and s. */
export function ecdsaSignature(hash: string, data: Buffer, key: KeyObject): Buffer {
  const raw = sign(hash, data, { key, dsaEncoding: 'ieee-p1363' })
  return wireMessage(mpint(raw.subarray(0, raw.length / 2)), mpint(raw.subarray(raw.length / 2)))
}

/** A new RSA key; `with_` makes the same key sign otherwise. */
export function newRsaKey(bits: number): TestKey & { with(algorithm: RsaAlgorithm): TestKey } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  const { e = '', n = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  const blob = wireMessage(string('ssh-rsa'), mpint(Buffer.from(e, 'base64url')), mpint(Buffer.from(n, 'base64url')))
  const signing = (algorithm: RsaAlgorithm): TestKey => ({
    type: 'ssh-rsa',
    algorithm,
    blob,
    privateKey,
    sign: (data) => sign(rsaHashes[algorithm], data, privateKey),
  })
  return { ...signing('rsa-sha2-512'), with: signing }
}

/** The key as ssh2's server role uses it. */
export function hostKeyOf(key: TestKey): HostKey {
  return { type: key.type, getPublicSSH: () => key.blob, sign: (data) => sign(null, data, key.privateKey) }
}
