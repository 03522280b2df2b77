import { describe, expect, test } from 'vitest'
import { timeReport } from '#shared/api.ts'
import { standardPolicy } from '#gateway/billing/time-policy.ts'
import { type ReportPeriod, reportTime } from '#gateway/billing/time-report.ts'
import type { WorkedSession } from '#gateway/billing/worked-session.ts'
import { worked } from './worked.ts'

const november: ReportPeriod = { month: '2026-11' }
const later = new Date('2027-01-01T00:00:00Z')
const minute = 60_000

const report = (sessions: readonly WorkedSession[], period: ReportPeriod = november, asOf = later) =>
  reportTime(sessions, () => standardPolicy, period, asOf)
const minutes = (...given: Parameters<typeof report>) => report(...given).lines.map((line) => line.minutes)

describe('a time report', () => {
  test('has the shape the API promises and names the session behind each line', () => {
    const given = report([worked({ marksMs: [200_001], task: 'ACME-17' })])
    expect(timeReport.parse(given)).toEqual(given)
    expect(given).toEqual({
      lines: [
        {
          client: 'acme',
          day: '2026-11-10',
          staff: 'ivan',
          task: 'ACME-17',
          band: null,
          billable: true,
          exactMs: 500_001,
          minutes: 9,
          charged: 9,
          provisional: false,
          sessions: ['s1'],
        },
      ],
      totals: [{ client: 'acme', minutes: 9, charged: 9 }],
      quarantined: [],
    })
  })

  test('puts the work of a day on one task on one line, rounded once', () => {
    const given = report([
      worked({ id: 'b', startedAt: new Date('2026-11-10T09:00:00Z'), lengthMs: 30_000 }),
      worked({ id: 'a', startedAt: new Date('2026-11-10T08:00:00Z'), lengthMs: 30_000 }),
      worked({ id: 'c', startedAt: new Date('2026-11-10T10:00:00Z'), lengthMs: 1 }),
    ])
    expect(given.lines).toMatchObject([{ exactMs: 60_001, minutes: 2, sessions: ['a', 'b', 'c'] }])
  })

  test('prints lines by client, day, first work and staff', () => {
    const given = report([
      worked({ id: 'd', client: 'beta' }),
      worked({ id: 'c', staff: 'zoe', startedAt: new Date('2026-11-11T07:00:00Z') }),
      worked({ id: 'b', staff: 'olga', startedAt: new Date('2026-11-12T08:00:00Z') }),
      worked({ id: 'a', staff: 'zoe', startedAt: new Date('2026-11-12T07:00:00Z') }),
    ])
    expect(given.lines.map((line) => line.sessions[0])).toEqual(['c', 'a', 'b', 'd'])
  })

  test('of a client in another zone has that client’s days and months', () => {
    const marksMs = [5 * minute, 9 * minute, 14 * minute]
    const typing = worked({ startedAt: new Date('2026-11-30T13:50:00Z'), lengthMs: 20 * minute, marksMs })
    const there = { ...typing, zone: 'Asia/Vladivostok' }
    expect(report([typing]).lines).toMatchObject([{ day: '2026-11-30', minutes: 19 }])
    expect(report([there]).lines).toMatchObject([{ day: '2026-11-30', minutes: 10 }])
    expect(report([there], { month: '2026-12' }).lines).toMatchObject([{ day: '2026-12-01', minutes: 9 }])
  })

  test('is empty without sessions and for time without marks', () => {
    expect(report([])).toEqual({ lines: [], totals: [], quarantined: [] })
    expect(report([worked({ lengthMs: 0 })]).lines).toEqual([])
  })
})

describe('the period of a time report', () => {
  const from = new Date('2026-11-10T07:02:00Z')
  const to = new Date('2026-11-10T07:04:00Z')

  test('counts the live time inside it only, wherever the keys were pressed', () => {
    expect(report([worked()], { from, to }).lines).toMatchObject([{ exactMs: 2 * minute }])
  })

  test('leaves out a session that only touches it', () => {
    expect(minutes([worked({ startedAt: to })], { from, to })).toEqual([])
    expect(minutes([worked({ lengthMs: 2 * minute })], { from, to })).toEqual([])
    expect(minutes([worked({ lengthMs: 2 * minute + 1 })], { from, to })).toEqual([1])
  })

  test('two halves of a time hold all of it', () => {
    const whole = report([worked()]).lines[0]!.exactMs
    const halves = [
      { from: new Date('2026-11-01T00:00:00Z'), to },
      { from: to, to: new Date('2026-12-01T00:00:00Z') },
    ].map((half) => report([worked()], half).lines[0]!.exactMs)
    expect(halves[0]! + halves[1]!).toBe(whole)
  })

  test('names a client whose minutes are those of the report on all', () => {
    const sessions = [
      worked({ id: 'a' }),
      worked({ id: 'b', client: 'beta', startedAt: new Date('2026-11-10T07:03:00Z'), lengthMs: minute }),
    ]
    const all = report(sessions)
    expect(all.totals).toEqual([
      { client: 'acme', minutes: 4, charged: 4 },
      { client: 'beta', minutes: 1, charged: 1 },
    ])
    expect(report(sessions, { ...november, client: 'acme' })).toEqual({
      lines: all.lines.slice(0, 1),
      totals: all.totals.slice(0, 1),
      quarantined: [],
    })
  })
})

describe('a session that is still open', () => {
  const open = worked({ live: true, lengthMs: 2 * minute, marksMs: [2 * minute] })
  const at = (time: string) => report([open], november, new Date(`2026-11-10T${time}Z`)).lines

  test('counts up to the moment asked about, provisionally, and stops when its grace is over', () => {
    expect(at('07:03:00')).toMatchObject([{ exactMs: 3 * minute, provisional: true }])
    expect(at('07:06:59.999')).toMatchObject([{ exactMs: 7 * minute - 1 }])
    expect(at('07:07:00')).toMatchObject([{ exactMs: 7 * minute }])
    expect(at('08:00:00')).toMatchObject([{ exactMs: 7 * minute }])
  })

  test('has no time before it began, should a clock say so', () => {
    expect(at('06:59:00')).toEqual([])
  })

  test('makes only its own lines provisional', () => {
    const given = report([open, worked({ id: 's2', staff: 'anna' })], november, new Date('2026-11-10T07:03:00Z'))
    expect(given.lines.map(({ staff, provisional }) => [staff, provisional])).toEqual([
      ['anna', false],
      ['ivan', true],
    ])
  })
})

describe('a session with broken clocks', () => {
  const endedAt = new Date('2026-11-10T06:59:59.999Z')

  test('is shown and never counted when it ends before its start without a length', () => {
    const given = report([worked({ lengthMs: 0, endedAt })])
    expect(given.lines).toEqual([])
    expect(given.quarantined).toEqual([
      { session: 's1', reason: 'it ends before it starts and its length is not on record' },
    ])
    expect(report([worked({ lengthMs: 0, endedAt })], { ...november, client: 'beta' }).quarantined).toEqual([])
  })

  test('counts by its length whatever the wall clock says', () => {
    expect(report([worked({ endedAt })])).toMatchObject({ lines: [{ minutes: 5 }], quarantined: [] })
  })

  test('that ends as it starts has no time and needs nobody', () => {
    const given = report([worked({ lengthMs: 0, endedAt: worked().startedAt })])
    expect(given).toMatchObject({ lines: [], quarantined: [] })
  })
})
