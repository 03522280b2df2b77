import { createPublicKey, randomBytes, sign, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parsePublicKeyLine } from '#gateway/access/public-key-line.ts'
import { createVault } from '#gateway/vault/seal.ts'
import { makeSupportKeyPair, openSupportKey } from '#gateway/vault/support-key-pair.ts'

describe('a support key', () => {
  const vault = createVault(randomBytes(32))

  it('is an ed25519 key whose public half OpenSSH reads', () => {
    const { publicBlob } = makeSupportKeyPair(vault, 'client-1')
    const line = `ssh-ed25519 ${publicBlob.toString('base64')}`
    expect(parsePublicKeyLine(line).blob).toEqual(publicBlob)
  })

  it('signs with the half that was sealed for this client', () => {
    const { publicBlob, sealedPrivate } = makeSupportKeyPair(vault, 'client-1')
    const signature = sign(null, Buffer.from('exchange hash'), openSupportKey(vault, 'client-1', sealedPrivate))
    const x = publicBlob.subarray(-32).toString('base64url')
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
    expect(verify(null, Buffer.from('exchange hash'), publicKey, signature)).toBe(true)
  })

  it('does not open as the key of another client', () => {
    const { sealedPrivate } = makeSupportKeyPair(vault, 'client-1')
    expect(() => openSupportKey(vault, 'client-2', sealedPrivate)).toThrow(
      expect.objectContaining({ code: 'master-key' }),
    )
  })
})
