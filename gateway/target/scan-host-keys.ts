import { connect } from 'node:net'
import type { TrustedHostKey } from '../access/target.ts'
import { GatewayError } from '../errors.ts'
import { hostKeyAlgorithms, offerToTarget } from '../transport/algorithms.ts'
import { Transport } from '../transport/transport.ts'
import { WireReader } from '../transport/wire.ts'

const SCAN_MS = 10_000

/**
 * The host keys a target shows, one connection for each type, as `ssh-keyscan` does; nothing is sent
 * beyond the key exchange. Throws `target-unreachable` when it shows none.
 */
export async function scanHostKeys(host: string, port: number): Promise<Pick<TrustedHostKey, 'type' | 'blob'>[]> {
  const keys = new Map<string, Buffer>()
  let trouble: Error | undefined
  // `rsa-sha2-*` are signatures by one and the same key.
  for (const algorithm of hostKeyAlgorithms.filter((name) => name !== 'rsa-sha2-256')) {
    const shown = await showKey(host, port, algorithm)
    if (Buffer.isBuffer(shown)) keys.set(new WireReader(shown).text(), shown)
    else trouble ??= shown
  }
  if (keys.size === 0) {
    throw new GatewayError(
      'target-unreachable',
      `no SSH server answers at ${host} port ${port}`,
      'check the address and that the server lets the gateway in',
      trouble,
    )
  }
  return [...keys].map(([type, blob]) => ({ type, blob }))
}

function showKey(host: string, port: number, algorithm: string): Promise<Buffer | Error | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, noDelay: true })
    const timer = setTimeout(() => socket.destroy(new Error('no answer')), SCAN_MS)
    let shown: Buffer | undefined
    const transport = new Transport(
      socket,
      offerToTarget([algorithm]),
      {
        role: 'client',
        verifyHostKey(key) {
          shown = Buffer.from(key)
          return false
        },
      },
      {
        secured: () => transport.fail(new Error('the scan ends here')),
        message: () => {},
        closed(cause) {
          clearTimeout(timer)
          resolve(shown ?? cause)
        },
      },
    )
  })
}
