import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GatewayError } from '../errors.ts'
import type { ServerHostKey } from '../transport/transport.ts'
import { string, wireMessage } from '../transport/wire.ts'

/** RSA is not offered: ssh2 would offer SHA-1 with it (research B19), and every client takes these two. */
const kinds = {
  'ssh-ed25519': {
    file: 'ssh_host_ed25519_key',
    generate: () => generateKeyPairSync('ed25519').privateKey,
    hash: null,
  },
  'ecdsa-sha2-nistp256': {
    file: 'ssh_host_ecdsa_key',
    generate: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    hash: 'sha256',
  },
} as const

type HostKeyType = keyof typeof kinds

/** The gateway's own host keys, PKCS8 in the data directory, made (0600) at the first start. Throws `data-directory`. */
export function loadHostKeys(dataDirectory: string): Record<string, ServerHostKey> {
  const types = Object.keys(kinds) as HostKeyType[]
  return Object.fromEntries(types.map((type) => [type, hostKey(type, dataDirectory)]))
}

function hostKey(type: HostKeyType, directory: string): ServerHostKey {
  const { file, generate, hash } = kinds[type]
  const privateKey = readOrMake(join(directory, file), generate)
  const blob = publicBlob(type, createPublicKey(privateKey))
  return { type, getPublicSSH: () => blob, sign: (data) => sign(hash, data, privateKey) }
}

function readOrMake(path: string, generate: () => KeyObject): KeyObject {
  try {
    return createPrivateKey(readFileSync(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new GatewayError('data-directory', `cannot read the host key ${path}`, 'restore it from a backup', error)
    }
  }
  const key = generate()
  try {
    writeFileSync(path, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    throw new GatewayError('data-directory', `cannot write the host key ${path}`, 'make GATEBOOK_DATA writable', cause)
  }
  return key
}

/** RFC 8709 §4 and RFC 5656 §3.1. */
function publicBlob(type: HostKeyType, key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const [xBytes, yBytes] = [Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]
  if (type === 'ssh-ed25519') return wireMessage(string(type), string(xBytes))
  const point = Buffer.concat([Buffer.of(4), xBytes, yBytes])
  return wireMessage(string(type), string('nistp256'), string(point))
}
