import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawFromPackage, type PackageLine, type Pool } from '#gateway/billing/package.ts'

const day = fc.integer({ min: 1, max: 30 }).map((date) => `2026-11-${String(date).padStart(2, '0')}`)
const size = fc.integer({ min: 0, max: 100 })
const pools = fc
  .array(fc.record({ kind: fc.constantFrom('rollover', 'period', 'block'), minutes: size, days: fc.tuple(day, day) }))
  .map((all) =>
    all.map(({ kind, minutes, days }, place): Pool => {
      const [validFrom, validTo] = days.toSorted() as [string, string]
      return { id: `p${place}`, kind, minutes, validFrom, validTo }
    }),
  )
const lines = fc
  .array(fc.record({ day, minutes: size, staff: fc.constantFrom('anna', 'ivan') }))
  // Each its own minute of the day, so that the order of work is the order of work.
  .map((all) => all.map((line, place): PackageLine => ({ ...line, at: `10:${10 + place}`, task: null })))

const line = (changes: Partial<PackageLine> = {}): PackageLine => ({
  day: '2026-11-10',
  at: '10:00',
  staff: 'ivan',
  task: null,
  minutes: 10,
  ...changes,
})
const pool = (changes: Partial<Pool> = {}): Pool => ({
  id: 'p',
  kind: 'period',
  minutes: 10,
  validFrom: '2026-11-01',
  validTo: '2026-11-30',
  ...changes,
})

describe('a package', () => {
  test('covers the first and the last day of a pool and no other', () => {
    const days = ['2026-10-31', '2026-11-01', '2026-11-30', '2026-12-01']
    const use = drawFromPackage(
      [pool({ minutes: 100 })],
      days.map((each) => line({ day: each })),
      0,
    )
    expect(use.lines.map(({ covered }) => covered)).toEqual([0, 10, 10, 0])
  })

  test('draws from what ends soonest, then rollover, period, block, then by id', () => {
    const order = [
      pool({ id: 'early-block', kind: 'block', validTo: '2026-11-29' }),
      pool({ id: 'roll', kind: 'rollover' }),
      pool({ id: 'month' }),
      pool({ id: 'block-1', kind: 'block' }),
      pool({ id: 'block-2', kind: 'block' }),
    ]
    const use = drawFromPackage(order.toReversed(), [line({ minutes: 50 })], 0)
    expect([...use.lines[0]!.draw.keys()]).toEqual(order.map(({ id }) => id))
  })

  test('takes lines by day, time, staff and task', () => {
    const order = [
      line({ day: '2026-11-09', at: '23:00', staff: 'zoe' }),
      line({ at: '09:00', staff: 'zoe' }),
      line({ staff: 'anna', task: 'B' }),
      line({ staff: 'ivan' }),
      line({ staff: 'ivan', task: 'A' }),
    ]
    expect(drawFromPackage([], order.toReversed(), 0).lines.map((each) => each.line)).toEqual(order)
  })

  test('splits every line into covered, approved and pending, and loses no minute, in any order of arrival', () => {
    fc.assert(
      fc.property(pools, lines, size, (ofClient, worked, approved) => {
        const use = drawFromPackage(ofClient, worked, approved)
        let [drawn, beyond, consented] = [0, 0, 0]
        for (const each of use.lines) {
          expect(each.covered + each.overageApproved + each.overagePending).toBe(each.line.minutes)
          expect([...each.draw.values()].reduce((sum, minutes) => sum + minutes, 0)).toBe(each.covered)
          drawn += each.covered
          consented += each.overageApproved
          beyond += each.overageApproved + each.overagePending
        }
        const total = ofClient.reduce((sum, { minutes }) => sum + minutes, 0)
        expect([...use.left.values()].reduce((sum, minutes) => sum + minutes, 0)).toBe(total - drawn)
        expect(Math.min(...use.left.values(), 0)).toBe(0)
        expect(consented).toBe(Math.min(approved, beyond))
        expect(drawFromPackage(ofClient.toReversed(), worked.toReversed(), approved).lines).toEqual(use.lines)
      }),
    )
  })
})
