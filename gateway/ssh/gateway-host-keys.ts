import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GatewayError } from '../errors.ts'
import type { ServerHostKey } from '../transport/transport.ts'
import { string, wireMessage } from '../transport/wire.ts'

const TYPE = 'ssh-ed25519'

/**
 * The gateway's own host key, PKCS8 in the data directory, made (0600) at the first start. One of ed25519 and no other:
 * every client since 2014 takes it, ECDSA leaks the key through a bad random number (ssh-audit fails it), and a
 * second key is a second fingerprint to compare. Throws `data-directory`.
 */
export function loadHostKeys(dataDirectory: string): Record<string, ServerHostKey> {
  const privateKey = readOrMake(join(dataDirectory, 'ssh_host_ed25519_key'))
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  // RFC 8709 §4.
  const blob = wireMessage(string(TYPE), string(Buffer.from(x, 'base64url')))
  return { [TYPE]: { type: TYPE, getPublicSSH: () => blob, sign: (data) => sign(null, data, privateKey) } }
}

function readOrMake(path: string): KeyObject {
  try {
    return createPrivateKey(readFileSync(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new GatewayError('data-directory', `cannot read the host key ${path}`, 'restore it from a backup', error)
    }
  }
  const key = generateKeyPairSync('ed25519').privateKey
  try {
    writeFileSync(path, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    throw new GatewayError('data-directory', `cannot write the host key ${path}`, 'make GATEBOOK_DATA writable', cause)
  }
  return key
}
