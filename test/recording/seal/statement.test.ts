import { generateKeyPairSync } from 'node:crypto'
import { calculateJwkThumbprint, compactVerify, importJWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { KeyRing, type LoggedStatement } from '#gateway/recording/seal/key-ring.ts'
import { createSigner, isSignedBy, publicKeyOf, readStatement } from '#gateway/recording/seal/statement.ts'

const makeKey = () => generateKeyPairSync('ed25519').privateKey
const privateKey = makeKey()
const signer = createSigner(privateKey)

describe('a statement', () => {
  it('is a JWS that another library verifies, under the thumbprint of the key', async () => {
    const key = publicKeyOf(privateKey)
    const { payload, protectedHeader } = await compactVerify(
      signer.sign('closing', { session: 'x' }),
      await importJWK({ ...key }, 'Ed25519'),
    )
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual({ format: 1, session: 'x' })
    const kid = await calculateJwkThumbprint({ ...key })
    expect(protectedHeader).toEqual({ alg: 'Ed25519', kid, typ: 'gatebook-closing' })
  })

  it('is refused with any bit of its text changed', () => {
    const text = signer.sign('opening', { session: 'x', login: 'root' })
    const key = publicKeyOf(privateKey)
    const isGood = (candidate: string) => readStatement(candidate) !== undefined && isSignedBy(candidate, key)
    expect(isGood(text)).toBe(true)
    for (let at = 0; at < text.length; at++) {
      const changed = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1)
      expect(isGood(changed), `${at}: ${changed[at]}`).toBe(false)
    }
    for (const other of [`${text}.`, `${text}=`, text.slice(1), `${text}A`, '', '..', 'a.b.c']) {
      expect(isGood(other), other).toBe(false)
    }
  })

  it('of another format is not understood', () => {
    expect(readStatement(signer.sign('opening', { format: 2 }))).toBeUndefined()
  })
})

/** A log of key statements: each by the key of that number, bringing in the key of the other. */
function logOf(keys: readonly ReturnType<typeof makeKey>[], entries: readonly object[]): LoggedStatement[] {
  return entries.map((entry, index) => {
    const { by, brings, previous, ...rest } = entry as { by: number; brings: number; previous?: number }
    const key = keys[brings]
    const signing = keys[by]
    if (key === undefined || signing === undefined) throw new Error('no such key')
    const before = previous === undefined ? undefined : keys[previous]
    const payload = {
      gateway: 'g',
      key: publicKeyOf(key),
      previous: before === undefined ? null : createSigner(before).keyId,
      at: '2026-11-23T00:00:00.000Z',
      ...rest,
    }
    return { index, statement: createSigner(signing).sign('key', payload) }
  })
}

describe('the keys of a gateway', () => {
  const keys = [makeKey(), makeKey(), makeKey()]
  const first = { by: 0, brings: 0 }
  const second = { by: 0, brings: 1, previous: 0 }

  it('are believed one after another, from the first on', () => {
    const ring = new KeyRing(logOf(keys, [first, second, { by: 1, brings: 2, previous: 1 }]))
    expect(ring.current('g')).toMatchObject({ id: createSigner(keys[2]!).keyId, from: 2, until: undefined })
    expect(ring.chains()).toHaveLength(1)
    expect(ring.get(createSigner(keys[0]!).keyId)).toMatchObject({ from: 0, until: 1 })
  })

  it.each([
    ['a key that vouches for itself beside the chain, without a reason', [first, { by: 1, brings: 1 }]],
    ['a key signed by itself that names the one before', [first, { by: 1, brings: 1, previous: 0 }]],
    ['a key signed by one that was replaced', [first, second, { by: 0, brings: 2, previous: 0 }]],
    ['a key of another gateway as its successor', [first, { by: 0, brings: 1, previous: 0, gateway: 'h' }]],
    ['the same key twice', [first, { by: 0, brings: 0, previous: 0 }]],
    ['a key that nobody knows as the one before', [second]],
    ['a key that is none', [{ ...first, key: { kty: 'OKP', crv: 'Ed25519', x: 'short' } }]],
  ])('are refused with %s', (_, entries) => {
    expect(() => new KeyRing(logOf(keys, entries))).toThrow(/of the log/)
  })

  it('may begin anew with a reason, and that is seen', () => {
    const ring = new KeyRing(logOf(keys, [first, { by: 1, brings: 1, reason: 'the disk was lost' }]))
    expect(ring.chains().map(({ reason }) => reason)).toEqual([undefined, 'the disk was lost'])
    expect(ring.get(createSigner(keys[0]!).keyId)?.until).toBe(1)
  })

  it('sign in the log only between their own entry and that of their successor', () => {
    const ring = new KeyRing(
      logOf(keys, [first, second]).map(({ statement }, at) => ({ statement, index: at * 10 + 5 })),
    )
    const [byFirst, bySecond] = [0, 1].map((key) => createSigner(keys[key]!).sign('opening', { session: 'x' }))
    expect(ring.read(byFirst!, 'opening', 10).payload.session).toBe('x')
    expect(ring.read(bySecond!, 'opening', 16).by.gateway).toBe('g')
    expect(() => ring.read(byFirst!, 'opening', 4)).toThrow('not in use then')
    expect(() => ring.read(byFirst!, 'opening', 16)).toThrow('not in use then')
    expect(() => ring.read(bySecond!, 'opening', 14)).toThrow('not in use then')
    expect(() => ring.read(byFirst!, 'closing', 10)).toThrow('no closing statement')
    const forged = createSigner(keys[2]!).sign('opening', { session: 'x' })
    expect(() => ring.read(forged, 'opening', 10)).toThrow('a key that no gateway has')
  })
})
