import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js'
import { describe, expect, it } from 'vitest'
import { proves } from '#gateway/ssh/signature.ts'
import { clientExchange, mlkemExchange } from '#gateway/transport/mlkem-exchange.ts'
import { string, wireMessage } from '#gateway/transport/wire.ts'

/** FIPS 203, table 3. */
const ENCAPSULATION_KEY = 1184
const CIPHERTEXT = 1088
const X25519 = 32

describe('mlkem768x25519-sha256', () => {
  it('gives both sides the same 32 bytes, and others each time', () => {
    const agree = () => {
      const [client, server] = [mlkemExchange(false), mlkemExchange(true)]
      const secret = server.computeSecret(client.getPublicKey())
      expect(client.computeSecret(server.getPublicKey())).toEqual(secret)
      return secret
    }
    const [first, second] = [agree(), agree()]
    expect([first.length, second.length]).toEqual([32, 32])
    expect(first.equals(second)).toBe(false)
  })

  it('sends messages of the length that the draft names', () => {
    const [client, server] = [mlkemExchange(false), mlkemExchange(true)]
    server.computeSecret(client.getPublicKey())
    expect(client.getPublicKey()).toHaveLength(ENCAPSULATION_KEY + X25519)
    expect(server.getPublicKey()).toHaveLength(CIPHERTEXT + X25519)
  })

  it('is what OpenSSH 10.5 means by it: its signature is over the secret that we compute', () => {
    const { bytes, text, keys } = openSshExchange()
    const client = clientExchange(keys)
    const secret = client.computeSecret(bytes('reply'))
    const kexinits = [bytes('kexinitC'), bytes('kexinitS')]
    const messages = [client.getPublicKey(), bytes('reply')]
    const fields = [text('identC'), text('identS'), ...kexinits, bytes('hostKey'), ...messages, secret]
    const signed = createHash('sha256')
      .update(wireMessage(...fields.map(string)))
      .digest()
    const proof = { algorithm: 'ssh-ed25519', key: bytes('hostKey'), signature: bytes('signature') }
    expect(proves({ ...proof, signed })).toBe(true)
    expect(proves({ ...proof, signed: Buffer.from(signed).fill(0, 0, 1) })).toBe(false)
  })

  it.each([0, 1, X25519, ENCAPSULATION_KEY + X25519 - 1, ENCAPSULATION_KEY + X25519 + 1])(
    'takes no message of %i bytes from a client',
    (length) => {
      expect(() => mlkemExchange(true).computeSecret(Buffer.alloc(length))).toThrow('no hybrid key')
    },
  )

  it.each([0, 1, X25519, CIPHERTEXT + X25519 - 1, CIPHERTEXT + X25519 + 1])(
    'takes no message of %i bytes from a server',
    (length) => {
      expect(() => mlkemExchange(false).computeSecret(Buffer.alloc(length))).toThrow('no hybrid key')
    },
  )

  it('takes no X25519 point of low order, and no encapsulation key beyond the modulus (FIPS 203 §7.2)', () => {
    const good = mlkemExchange(false).getPublicKey()
    const pointless = Buffer.from(good).fill(0, ENCAPSULATION_KEY)
    expect(() => mlkemExchange(true).computeSecret(pointless)).toThrow()
    const beyond = Buffer.from(good).fill(0xff, 0, 3)
    expect(() => mlkemExchange(true).computeSecret(beyond)).toThrow()
  })

  it('gives another secret, and no error, where the ciphertext was changed: the signature tells (FIPS 203 §6.3)', () => {
    const [client, server] = [mlkemExchange(false), mlkemExchange(true)]
    const secret = server.computeSecret(client.getPublicKey())
    const changed = Buffer.from(server.getPublicKey())
    changed.writeUInt8(changed.readUInt8(7) ^ 1, 7)
    expect(client.computeSecret(changed).equals(secret)).toBe(false)
  })
})

/** What test/fixtures holds of a real exchange. */
function openSshExchange() {
  const file = new URL('../fixtures/mlkem-exchange-openssh-10.5.json', import.meta.url)
  const recorded = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>
  const text = (name: string) => recorded[name] ?? ''
  const bytes = (name: string) => Buffer.from(text(name), 'base64')
  const der = Buffer.concat([PKCS8_X25519, Buffer.from(text('x25519PrivateKey'), 'base64url')])
  const x25519 = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  return { text, bytes, keys: { mlkem: ml_kem768.keygen(bytes('mlkemSeed')), x25519 } }
}

/** What stands before the 32 bytes of such a key in PKCS8 (RFC 8410 §7). */
const PKCS8_X25519 = generateKeyPairSync('x25519')
  .privateKey.export({ format: 'der', type: 'pkcs8' })
  .subarray(0, -X25519)
