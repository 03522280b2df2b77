import { createHash, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js'
import type { KeyExchange } from 'ssh2/lib/protocol/Protocol.js'

/** What a client keeps between its message and the answer: both private halves. */
export interface HybridKeys {
  readonly mlkem: { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array }
  readonly x25519: KeyObject
}

const HASH = 'sha256'
/** FIPS 203, table 3, and RFC 7748 §6.1. */
const bytes = { encapsulationKey: 1184, ciphertext: 1088, x25519: 32 } as const

/**
 * `mlkem768x25519-sha256` of draft-ietf-sshm-mlkem-hybrid-kex: what is recorded today stays secret from a quantum
 * computer, and from whoever breaks only one of the two. Throws where the peer's bytes have a wrong length or no
 * such key; ML-KEM itself never fails on a ciphertext, the signature over the exchange hash does.
 */
export function mlkemExchange(isServer: boolean): KeyExchange {
  return isServer ? serverExchange() : clientExchange(newHybridKeys())
}

/** The client's half with keys already made; C_INIT is the encapsulation key, then the X25519 key. */
export function clientExchange({ mlkem, x25519 }: HybridKeys): KeyExchange {
  const publicKey = Buffer.concat([mlkem.publicKey, rawPublicKey(x25519)])
  return {
    hashName: HASH,
    getPublicKey: () => publicKey,
    computeSecret(reply) {
      const [ciphertext, point] = split(reply, bytes.ciphertext)
      return combine(ml_kem768.decapsulate(ciphertext, mlkem.secretKey), agree(x25519, point))
    },
  }
}

/** S_REPLY is the ciphertext, then the X25519 key; it exists only once the client's message has come. */
function serverExchange(): KeyExchange {
  let reply: Buffer | undefined
  return {
    hashName: HASH,
    getPublicKey() {
      if (reply === undefined) throw new Error('the client has sent no keys yet')
      return reply
    },
    computeSecret(init) {
      const [encapsulationKey, point] = split(init, bytes.encapsulationKey)
      const { cipherText, sharedSecret } = ml_kem768.encapsulate(encapsulationKey)
      const x25519 = generateKeyPairSync('x25519').privateKey
      reply = Buffer.concat([cipherText, rawPublicKey(x25519)])
      return combine(sharedSecret, agree(x25519, point))
    },
  }
}

function newHybridKeys(): HybridKeys {
  return { mlkem: ml_kem768.keygen(), x25519: generateKeyPairSync('x25519').privateKey }
}

function split(message: Buffer, first: number): [Buffer, Buffer] {
  if (message.length !== first + bytes.x25519) throw new Error(`${message.length} bytes are no hybrid key`)
  return [message.subarray(0, first), message.subarray(first)]
}

/** K, which the draft hashes as a string, not as an mpint. */
function combine(postQuantum: Uint8Array, classical: Buffer): Buffer {
  return createHash(HASH).update(postQuantum).update(classical).digest()
}

/** OpenSSL refuses the points of low order that RFC 7748 §6.1 warns of. */
function agree(privateKey: KeyObject, point: Buffer): Buffer {
  const key = { kty: 'OKP', crv: 'X25519', x: point.toString('base64url') }
  return diffieHellman({ privateKey, publicKey: createPublicKey({ format: 'jwk', key }) })
}

function rawPublicKey(privateKey: KeyObject): Buffer {
  return Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url')
}
