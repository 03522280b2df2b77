import crypto from 'ssh2/lib/protocol/crypto.js'
import type { AlgorithmLists } from 'ssh2/lib/protocol/Protocol.js'

/** Without ssh2's native part its chacha20-poly1305 is not re-entrant (research B9): then it is not offered at all. */
export const nativeCryptoAvailable: boolean = crypto.bindingAvailable

/** First on both sides: whoever records a session now must not read it when there are quantum computers. */
export const MLKEM_EXCHANGE = 'mlkem768x25519-sha256'

const keyExchange = [MLKEM_EXCHANGE, 'curve25519-sha256', 'curve25519-sha256@libssh.org']
const gcm = ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com']
const ctr = ['aes128-ctr', 'aes192-ctr', 'aes256-ctr']
const chacha = nativeCryptoAvailable ? ['chacha20-poly1305@openssh.com'] : []
const encryptThenMac = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com']
const encryptAndMac = ['hmac-sha2-256', 'hmac-sha2-512']

/**
 * What administrators are offered: nothing that ssh-audit fails or warns of, so no NIST curve, no SHA-1, no
 * encrypt-and-MAC, no zlib, no CBC. OpenSSH gets GCM alone, which it has since 2013: where chacha20 or CTR is offered
 * it chooses that first, for a quarter less throughput. Others may have no GCM (PuTTY 0.78, Dropbear).
 * `client` is the software that the client says it is, such as `OpenSSH_10.2`.
 */
export function offerToStaff(hostKeyTypes: readonly string[], client = ''): AlgorithmLists {
  if (client.startsWith('OpenSSH_')) return lists(keyExchange, [...hostKeyTypes], gcm, encryptThenMac)
  // Dropbear has no encrypt-then-MAC: where chacha20 is missing too, encrypt-and-MAC is what lets it in.
  // So it does for libssh2 before 1.11, by which curl and PHP speak sftp: it has no chacha20 either.
  const lacksThem = !nativeCryptoAvailable || /^libssh2_1\.(\d|10)\./.test(client)
  const mac = lacksThem ? [...encryptThenMac, ...encryptAndMac] : encryptThenMac
  return lists(keyExchange, [...hostKeyTypes], [...gcm, ...ctr, ...chacha], mac)
}

/** What targets are offered. `hostKeyTypes` puts the types already trusted first, as OpenSSH does (research §8). */
export function offerToTarget(hostKeyTypes: readonly string[]): AlgorithmLists {
  const exchanges = [...keyExchange, 'ecdh-sha2-nistp256', 'ecdh-sha2-nistp384']
  const mac = [...encryptThenMac, ...encryptAndMac]
  return lists(exchanges, [...hostKeyTypes], [...gcm, ...chacha, ...ctr], mac)
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

function lists(kex: string[], serverHostKey: string[], cipher: string[], mac: string[]): AlgorithmLists {
  const direction = { cipher, mac, compress: ['none'], lang: [] }
  return { kex, serverHostKey, cs: direction, sc: direction }
}
