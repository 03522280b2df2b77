import { describe, expect, it } from 'vitest'
import { showBytes, showLength } from '../../replay-ui/format/amount.ts'
import { currentMonth, isMonth, shiftMonth } from '../../replay-ui/format/month.ts'

describe('what the pages show', () => {
  it.each([
    [0, '0:00'],
    [59_999, '0:59'],
    [60_000, '1:00'],
    [3_599_999, '59:59'],
    [3_600_000, '1:00:00'],
  ])('a length of %i ms is %s', (ms, shown) => expect(showLength(ms)).toBe(shown))

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9949, '9.9 kB'],
    [48_210, '48 kB'],
    [999_999, '1.0 MB'],
    [1_000_000, '1.0 MB'],
  ])('%i bytes are %s', (bytes, shown) => expect(showBytes(bytes)).toBe(shown))

  it('the month that runs is the one of the zone', () => {
    const midnight = new Date('2026-11-30T23:00:00Z')
    expect([currentMonth('Europe/London', midnight), currentMonth('Europe/Berlin', midnight)]).toEqual([
      '2026-11',
      '2026-12',
    ])
  })

  it('months go on over the end of a year', () => {
    expect([shiftMonth('2026-12', 1), shiftMonth('2026-01', -1)]).toEqual(['2027-01', '2025-12'])
  })

  it.each([
    ['2026-12', true],
    ['2026-13', false],
    ['2026-00', false],
    [null, false],
  ])('%o is a month: %o', (text, answer) => expect(isMonth(text)).toBe(answer))
})
