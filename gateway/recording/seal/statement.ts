import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { digest } from './digest.ts'

/** What the gateway signs. Each is a JWS (RFC 7515) of its own type, so that none can be taken for another. */
export type StatementKind = 'key' | 'opening' | 'checkpoint' | 'closing' | 'erasure' | 'trail' | 'tree-head'

/** A statement taken apart; its signature is not looked at yet. */
export interface Statement {
  readonly kind: string
  /** Of the key that signed it. */
  readonly keyId: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** The public half of a signing key (RFC 8037 §2). */
export interface PublicKey {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  /** 32 bytes in base64url. */
  readonly x: string
}

/** Who signs statements. */
export interface Signer {
  sign(kind: StatementKind, payload: object): string
}

/** A private key in use. */
export interface KeySigner extends Signer {
  readonly keyId: string
  /** When it came into use. */
  readonly since: Date
}

/** Of everything that RECORD-FORMAT.md describes; its first section says when it changes. */
const FORMAT = 1
/** RFC 9864 §2.2. */
const ALGORITHM = 'Ed25519'
const TYPE_PREFIX = 'gatebook-'

/** A signer with this Ed25519 private key, in use since then. */
export function createSigner(privateKey: KeyObject, since = new Date(0)): KeySigner {
  const keyId = keyIdOf(publicKeyOf(privateKey))
  return {
    keyId,
    since,
    sign(kind, payload) {
      const signed = `${encode({ alg: ALGORITHM, kid: keyId, typ: TYPE_PREFIX + kind })}.${encode({ format: FORMAT, ...payload })}`
      return `${signed}.${sign(null, Buffer.from(signed, 'latin1'), privateKey).toString('base64url')}`
    },
  }
}

export function publicKeyOf(privateKey: KeyObject): PublicKey {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { kty: 'OKP', crv: ALGORITHM, x: x ?? '' }
}

/** The thumbprint of the key (RFC 7638 §3, SHA-256) in base64url. */
export function keyIdOf({ x }: PublicKey): string {
  const canonical = JSON.stringify({ crv: ALGORITHM, kty: 'OKP', x })
  return digest(Buffer.from(canonical)).toString('base64url')
}

/** Undefined for what is no JWS of ours and of this format, also for one written in another way than we write it. */
export function readStatement(text: string): Statement | undefined {
  const [head, body, signature, more] = text.split('.')
  if (head === undefined || body === undefined || signature === undefined || more !== undefined) return undefined
  if (![head, body, signature].every(isCanonical)) return undefined
  const { alg, kid, typ } = decode(head) ?? {}
  const payload = decode(body)
  if (alg !== ALGORITHM || typeof kid !== 'string' || typeof typ !== 'string' || payload === undefined) return undefined
  if (!typ.startsWith(TYPE_PREFIX) || payload.format !== FORMAT) return undefined
  return { kind: typ.slice(TYPE_PREFIX.length), keyId: kid, payload }
}

/** Whether this key signed this statement. */
export function isSignedBy(text: string, { x }: PublicKey): boolean {
  const at = text.lastIndexOf('.')
  const key = createPublicKey({ key: { kty: 'OKP', crv: ALGORITHM, x }, format: 'jwk' })
  return verify(null, Buffer.from(text.slice(0, at), 'latin1'), key, Buffer.from(text.slice(at + 1), 'base64url'))
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function decode(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** The bits of the last character that carry nothing must be zero: else two texts would be the same statement. */
function isCanonical(text: string): boolean {
  return Buffer.from(text, 'base64url').toString('base64url') === text
}
