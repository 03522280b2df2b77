import { describe, expect, it } from 'vitest'
import { judgeCode, type CodeHistory } from '#gateway/access/second-factor.ts'
import { totpCode, totpStep } from '#gateway/access/totp.ts'

const secret = Buffer.from('12345678901234567890')
const now = new Date('2026-11-23T12:00:10.000Z')
const step = totpStep(now)
const code = totpCode(secret, step)
const wrong = code === '000000' ? '000001' : '000000'
const fresh: CodeHistory = { lastStep: undefined, wrongCodes: 0, lastWrongAt: undefined }

function after(wrongCodes: number, ms: number): CodeHistory {
  return { ...fresh, wrongCodes, lastWrongAt: new Date(now.getTime() - ms) }
}

describe('a code', () => {
  it.each([
    ['of the running step', code, fresh, { verdict: 'right', step }],
    [
      'of the step before, where none was taken',
      totpCode(secret, step - 1),
      fresh,
      { verdict: 'right', step: step - 1 },
    ],
    ['behind one that was taken', code, { ...fresh, lastStep: step - 1 }, { verdict: 'right', step }],
    ['that was taken', code, { ...fresh, lastStep: step }, { verdict: 'used' }],
    ['older than one that was taken', totpCode(secret, step - 1), { ...fresh, lastStep: step }, { verdict: 'used' }],
    ['of no step', wrong, fresh, { verdict: 'wrong' }],
  ])('%s is judged', (_, typed, history, verdict) => {
    expect(judgeCode(secret, history, typed, now)).toEqual(verdict)
  })

  it.each([
    [4, 0],
    [5, 30_000],
    [6, 60_000],
    [7, 120_000],
    [11, 1_920_000],
    [12, 3_600_000],
    [1000, 3_600_000],
  ])('behind %i wrong ones is judged after %i ms, however right it is', (wrongCodes, ms) => {
    expect(judgeCode(secret, after(wrongCodes, ms), code, now)).toEqual({ verdict: 'right', step })
    if (ms === 0) return
    const until = new Date(now.getTime() + 1)
    expect(judgeCode(secret, after(wrongCodes, ms - 1), code, now)).toEqual({ verdict: 'locked', until })
  })
})
