import crypto from 'ssh2/lib/protocol/crypto.js'
import type { AlgorithmLists } from 'ssh2/lib/protocol/Protocol.js'

/**
 * Without ssh2's native part its chacha20-poly1305 is not re-entrant (research B9), and GCM is as
 * safe and faster; so chacha20 is taken towards targets only, and only with the native part.
 */
export const nativeCryptoAvailable: boolean = crypto.bindingAvailable

const keyExchange = ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256', 'ecdh-sha2-nistp384']
const gcm = ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com']
const ctr = ['aes128-ctr', 'aes192-ctr', 'aes256-ctr']
const mac = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512']

/** What administrators are offered: no SHA-1, no zlib, no CBC; GCM first (a quarter more throughput than chacha20). */
export function offerToStaff(hostKeyTypes: readonly string[]): AlgorithmLists {
  return lists([...hostKeyTypes], [...gcm, ...ctr])
}

/** What targets are offered. `hostKeyTypes` puts the types already trusted first, as OpenSSH does (research §8). */
export function offerToTarget(hostKeyTypes: readonly string[]): AlgorithmLists {
  const chacha = nativeCryptoAvailable ? ['chacha20-poly1305@openssh.com'] : []
  return lists([...hostKeyTypes], [...gcm, ...chacha, ...ctr])
}

/** Host key algorithms we verify, best first. `rsa-sha2-*` are signatures by an `ssh-rsa` key (RFC 8332). */
export const hostKeyAlgorithms = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const

function lists(serverHostKey: string[], cipher: string[]): AlgorithmLists {
  const direction = { cipher, mac, compress: ['none'], lang: [] }
  return { kex: keyExchange, serverHostKey, cs: direction, sc: direction }
}
