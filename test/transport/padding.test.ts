import { createRequire } from 'node:module'
import { expect, it } from 'vitest'

interface Cipher {
  /** A packet of RFC 4253 §6, padded, in the clear. */
  allocPacket(payloadLength: number): Buffer
}
const { NullCipher } = createRequire(import.meta.url)('ssh2/lib/protocol/crypto.js') as {
  NullCipher: new (seqno: number, write: () => void) => Cipher
}

it('pads no two packets with the same bytes, though it asks the system for many at once', () => {
  const cipher = new NullCipher(0, () => {})
  // 8 bytes of padding each, so that the pool of 4096 is emptied four times.
  const paddings = Array.from({ length: 2048 }, () => cipher.allocPacket(3).subarray(8).toString('hex'))
  expect(paddings[0]).toHaveLength(16)
  expect(new Set(paddings).size).toBe(paddings.length)
})
