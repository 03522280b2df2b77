import { describe, expect, it } from 'vitest'
import { base32, otpauthUri } from '#gateway/access/otpauth-uri.ts'
import { stepOfCode, totpCode, totpStep } from '#gateway/access/totp.ts'

/** RFC 6238, Appendix B: its eight digits end in our six. */
const secret = Buffer.from('12345678901234567890')
const at = (seconds: number) => new Date(seconds * 1000)

describe('a code', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at second %i is %s, as RFC 6238 has it', (seconds, code) => {
    expect(totpCode(secret, totpStep(at(seconds)))).toBe(code)
  })

  it.each([
    [-30_001, undefined],
    [-30_000, true],
    [-1, true],
    [0, true],
    [29_999, true],
    [59_999, true],
    [60_000, undefined],
  ])('of a step counts %i ms after it began: %s', (ms, counts) => {
    const step = 37_037_036
    expect(stepOfCode(secret, '081804', new Date(step * 30_000 + ms))).toBe(counts && step)
  })

  it('may have blanks in it, as apps show them', () => {
    for (const typed of ['287 082', ' 287082\r\n', '28 70 82']) expect(stepOfCode(secret, typed, at(59))).toBe(1)
  })

  it.each([
    '',
    '287083',
    '28708',
    '2870820',
    '94287082',
    '+87082',
    '２８７０８２',
    '287082'.padStart(100),
    '\0'.repeat(6),
  ])('is not %j', (typed) => {
    expect(stepOfCode(secret, typed, at(59))).toBeUndefined()
  })
})

describe('what an authenticator app is given', () => {
  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('has %j as %s, as RFC 4648 has it without padding', (bytes, text) => {
    expect(base32(Buffer.from(bytes))).toBe(text)
  })

  it('is a URI that says whose codes they are', () => {
    expect(otpauthUri('ivan@bastion.example', secret)).toBe(
      'otpauth://totp/Gatebook:ivan%40bastion.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Gatebook',
    )
  })
})
