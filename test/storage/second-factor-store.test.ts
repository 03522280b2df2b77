import { beforeEach, afterEach, describe, expect, it } from 'vitest'
import { judgeCode, type CodeVerdict } from '#gateway/access/second-factor.ts'
import type { Staff } from '#gateway/access/staff.ts'
import { totpCode, totpStep } from '#gateway/access/totp.ts'
import { auditEvent } from '#gateway/storage/schema-access.ts'
import { PostgresSecondFactorStore } from '#gateway/storage/second-factor-store.ts'
import { PostgresStaffStore } from '#gateway/storage/staff-store.ts'
import { testDatabase, type TestDatabase } from '#test/harness/database.ts'
import { sampleAccess } from './sample-access.ts'

// What is sealed does not matter here.
const secret = Buffer.from('12345678901234567890')
const now = new Date('2026-11-23T12:00:10.000Z')
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)
const HERE = '192.0.2.7'

let test: TestDatabase
let factors: PostgresSecondFactorStore
let people: PostgresStaffStore
let ivan: Staff

beforeEach(async () => {
  test = await testDatabase()
  factors = new PostgresSecondFactorStore(test.database)
  people = new PostgresStaffStore(test.database)
  ;({ staff: ivan } = await sampleAccess(test.database))
})
afterEach(() => test[Symbol.asyncDispose]())

function attempt(code: string, { at = now, from = HERE, rememberS = 0 } = {}): Promise<CodeVerdict | undefined> {
  const given = { staffId: ivan.id, sourceAddress: from, now: at, rememberS }
  return factors.tryCode(given, (sealed, history) => judgeCode(sealed, history, code, at))
}

function codeAt(at: Date): string {
  return totpCode(secret, totpStep(at))
}

async function audited(): Promise<readonly string[]> {
  const rows = await test.database.read((queries) => queries.select().from(auditEvent).orderBy(auditEvent.id))
  return rows.map(({ actor, action, subject }) => `${actor} ${action} ${subject}`).slice(-2)
}

function counts(verdicts: readonly (CodeVerdict | undefined)[]): Record<string, number> {
  const found: Record<string, number> = {}
  for (const given of verdicts) found[given?.verdict ?? 'none'] = (found[given?.verdict ?? 'none'] ?? 0) + 1
  return found
}

describe('a second factor', () => {
  it('is known with the person from its enrolment until it is removed', async () => {
    const since = async () => (await people.byLogin('ivan'))?.totpSince
    expect(await since()).toBeUndefined()
    expect(await factors.anySealedSecret()).toBeUndefined()
    await factors.enrol(ivan.id, secret, undefined, 'operator')
    expect(await since()).toBeInstanceOf(Date)
    expect((await people.list())[0]?.totpSince).toEqual(await since())
    expect(await people.setDisabled('ivan', false, 'operator')).toMatchObject({ totpSince: await since() })
    expect(await factors.anySealedSecret()).toEqual({ staffId: ivan.id, sealedSecret: secret })
    await factors.remove(ivan.id, 'operator')
    expect(await since()).toBeUndefined()
    expect(await attempt(codeAt(now))).toBeUndefined()
    await expect(factors.remove(ivan.id, 'operator')).rejects.toThrow('there is no second factor of ivan')
    expect(await audited()).toContain('operator second-factor.remove staff:ivan')
  })

  it('takes a code once, however many give it at the same time', async () => {
    await factors.enrol(ivan.id, secret, undefined, 'operator')
    const verdicts = await Promise.all(Array.from({ length: 5 }, () => attempt(codeAt(now))))
    expect(counts(verdicts)).toEqual({ right: 1, used: 4 })
  })

  it('does not take the code that confirmed it', async () => {
    await factors.enrol(ivan.id, secret, totpStep(now), 'operator')
    expect(await attempt(codeAt(now))).toEqual({ verdict: 'used' })
    expect(await attempt(codeAt(later(30)))).toMatchObject({ verdict: 'right' })
  })

  it('counts wrong codes, those given at the same time too, until a right one', async () => {
    await factors.enrol(ivan.id, secret, undefined, 'operator')
    const verdicts = await Promise.all(Array.from({ length: 8 }, () => attempt('nonsense')))
    expect(counts(verdicts)).toEqual({ wrong: 5, locked: 3 })
    expect(await attempt(codeAt(later(29)), { at: later(29) })).toEqual({ verdict: 'locked', until: later(30) })
    expect(await attempt(codeAt(later(30)), { at: later(30) })).toMatchObject({ verdict: 'right' })
    expect(await attempt('nonsense', { at: later(60) })).toEqual({ verdict: 'wrong' })
    expect(await audited()).toEqual(Array.from({ length: 2 }, () => 'staff:ivan second-factor.wrong-code staff:ivan'))
  })

  it('lets nobody in who is disabled', async () => {
    await factors.enrol(ivan.id, secret, undefined, 'operator')
    await people.setDisabled('ivan', true, 'operator')
    expect(await attempt(codeAt(now))).toBeUndefined()
    await people.setDisabled('ivan', false, 'operator')
    expect(await attempt(codeAt(now))).toMatchObject({ verdict: 'right' })
  })
})

describe('a code that was right', () => {
  const wasProven = (since: Date, from = HERE) => factors.wasProven(ivan.id, from, since)
  beforeEach(async () => {
    await factors.enrol(ivan.id, secret, undefined, 'operator')
  })

  it('is remembered for its address and its time, the newest one', async () => {
    await attempt(codeAt(now), { rememberS: 60 })
    expect([await wasProven(now), await wasProven(later(0.001)), await wasProven(now, '192.0.2.8')]).toEqual([
      true,
      false,
      false,
    ])
    await attempt(codeAt(later(30)), { at: later(30), rememberS: 60 })
    expect([await wasProven(later(30)), await wasProven(later(30.001))]).toEqual([true, false])
  })

  it('is not remembered where the policy is not to', async () => {
    await attempt(codeAt(now), { rememberS: 60 })
    await attempt(codeAt(later(30)), { at: later(30), from: '192.0.2.8', rememberS: 0 })
    expect(await wasProven(now, '192.0.2.8')).toBe(false)
    expect(await wasProven(now)).toBe(false)
  })

  it('is not remembered where it was wrong or used', async () => {
    await attempt('nonsense', { rememberS: 60 })
    await attempt(codeAt(now), { from: '192.0.2.8', rememberS: 60 })
    await attempt(codeAt(now), { rememberS: 60 })
    expect(await wasProven(new Date(0))).toBe(false)
  })

  it.each([
    ['the person is disabled', () => people.setDisabled('ivan', true, 'operator')],
    ['another second factor takes its place', () => factors.enrol(ivan.id, secret, undefined, 'operator')],
    ['the second factor is removed', () => factors.remove(ivan.id, 'operator')],
  ])('is forgotten when %s', async (_, act) => {
    await attempt(codeAt(now), { rememberS: 60 })
    expect(await wasProven(now)).toBe(true)
    await act()
    expect(await wasProven(now)).toBe(false)
  })

  it('is stored for no longer than it counts', async () => {
    for (const last of [1, 2, 3]) {
      const at = later(30 * last)
      await attempt(codeAt(at), { at, from: `192.0.2.${last}`, rememberS: 30 })
    }
    expect([await wasProven(new Date(0), '192.0.2.1'), await wasProven(new Date(0), '192.0.2.2')]).toEqual([
      false,
      true,
    ])
  })
})
