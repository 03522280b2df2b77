import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVault } from '#gateway/vault/seal.ts'

const doesNotOpen = expect.objectContaining({ code: 'master-key' })

describe('a vault', () => {
  const vault = createVault(randomBytes(32))

  it('gives back what was sealed, whatever it was', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.string(), (secret, context) => {
        expect(vault.open(vault.seal(secret, context), context).equals(secret)).toBe(true)
      }),
    )
  })

  it('never seals the same secret to the same bytes', () => {
    expect(vault.seal(Buffer.from('x'), 'c').equals(vault.seal(Buffer.from('x'), 'c'))).toBe(false)
  })

  it('does not open what another master key sealed', () => {
    const sealed = createVault(randomBytes(32)).seal(Buffer.from('secret'), 'c')
    expect(() => vault.open(sealed, 'c')).toThrow(doesNotOpen)
  })

  it('does not open a secret that was moved to another place', () => {
    const sealed = vault.seal(Buffer.from('secret'), 'target-password:web1.acme')
    expect(() => vault.open(sealed, 'target-password:web2.acme')).toThrow(doesNotOpen)
  })

  it('does not open after any byte was changed, or was cut off', () => {
    const sealed = vault.seal(Buffer.from('secret'), 'c')
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed)
      changed[at]! ^= 1
      expect(() => vault.open(changed, 'c')).toThrow(doesNotOpen)
      expect(() => vault.open(sealed.subarray(0, at), 'c')).toThrow(doesNotOpen)
    }
  })
})
