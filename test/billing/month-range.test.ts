import { describe, expect, test } from 'vitest'
import { calendarOf } from '#gateway/billing/calendar-of-zone.ts'
import { monthRange } from '#gateway/billing/month-range.ts'

const range = (month: string, zone: string) => {
  const { from, to } = monthRange(month, zone)
  return [from.toISOString(), to.toISOString()]
}

describe('a month', () => {
  test.each([
    ['2026-11', 'Europe/Moscow', '2026-10-31T21:00:00.000Z', '2026-11-30T21:00:00.000Z'],
    ['2026-11', 'UTC', '2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
    ['2026-12', 'Asia/Kolkata', '2026-11-30T18:30:00.000Z', '2026-12-31T18:30:00.000Z'],
    ['2026-11', 'Pacific/Kiritimati', '2026-10-31T10:00:00.000Z', '2026-11-30T10:00:00.000Z'],
    ['2026-11', 'Etc/GMT+12', '2026-11-01T12:00:00.000Z', '2026-12-01T12:00:00.000Z'],
    ['2028-02', 'Europe/Moscow', '2028-01-31T21:00:00.000Z', '2028-02-29T21:00:00.000Z'],
  ])('%s in %s', (month, zone, from, to) => {
    expect(range(month, zone)).toEqual([from, to])
  })

  test('is an hour longer or shorter when the clocks change in it', () => {
    expect(range('2026-10', 'Europe/Berlin')).toEqual(['2026-09-30T22:00:00.000Z', '2026-10-31T23:00:00.000Z'])
    expect(range('2027-03', 'Europe/Berlin')).toEqual(['2027-02-28T23:00:00.000Z', '2027-03-31T22:00:00.000Z'])
  })

  test('of an unknown zone is refused', () => {
    expect(() => monthRange('2026-11', 'Mars/Olympus')).toThrow(RangeError)
  })
})

describe('a local day', () => {
  const day = (instant: string, zone: string) => {
    const { date, from, to } = calendarOf(zone).dayAt(Date.parse(instant))
    return [date, new Date(from).toISOString(), new Date(to).toISOString()]
  }

  test('begins at its first instant, to the millisecond', () => {
    expect(day('2026-11-10T20:59:59.999Z', 'Europe/Moscow')[0]).toBe('2026-11-10')
    expect(day('2026-11-10T21:00:00.000Z', 'Europe/Moscow')[0]).toBe('2026-11-11')
  })

  test('begins at 01:00 where midnight does not exist', () => {
    expect(day('2026-04-23T22:00:00Z', 'Africa/Cairo')).toEqual([
      '2026-04-24',
      '2026-04-23T22:00:00.000Z',
      '2026-04-24T21:00:00.000Z',
    ])
  })

  test('keeps its repeated last hour', () => {
    expect(day('2026-10-29T21:30:00Z', 'Africa/Cairo')).toEqual([
      '2026-10-29',
      '2026-10-28T21:00:00.000Z',
      '2026-10-29T22:00:00.000Z',
    ])
  })

  test('goes on when the clocks fall back over its midnight', () => {
    // St. John's, 2010: at 00:01 of the 7th clocks went back to 23:01 of the 6th.
    expect(day('2010-11-07T02:45:00Z', 'America/St_Johns')).toEqual([
      '2010-11-07',
      '2010-11-07T02:30:00.000Z',
      '2010-11-08T03:30:00.000Z',
    ])
  })

  test('that a zone skipped belongs to nobody', () => {
    expect(day('2011-12-30T09:59:59.999Z', 'Pacific/Apia')[0]).toBe('2011-12-29')
    expect(day('2011-12-30T10:00:00.000Z', 'Pacific/Apia')[0]).toBe('2011-12-31')
  })

  test('knows its weekday, Monday being 0, before 1970 too', () => {
    const weekday = (instant: string) => calendarOf('UTC').dayAt(Date.parse(instant)).weekday
    expect([weekday('2026-11-16T12:00:00Z'), weekday('2026-11-15T12:00:00Z'), weekday('1969-12-28T12:00:00Z')]).toEqual(
      [0, 6, 6],
    )
  })
})
