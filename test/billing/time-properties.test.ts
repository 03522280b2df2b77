import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { TimeReport } from '#shared/api.ts'
import { standardPolicy } from '#gateway/billing/time-policy.ts'
import { type ReportPeriod, reportTime } from '#gateway/billing/time-report.ts'
import type { WorkedSession } from '#gateway/billing/worked-session.ts'
import { someSessions } from './arbitrary-sessions.ts'

const november: ReportPeriod = { month: '2026-11' }
const later = new Date('2027-01-01T00:00:00Z')
const report = (sessions: readonly WorkedSession[], period: ReportPeriod = november) =>
  reportTime(sessions, () => standardPolicy, period, later)

const exactOf = ({ lines }: TimeReport) => lines.reduce((sum, line) => sum + line.exactMs, 0)

/** Who has an instant of a person, straight from the rule: the latest mark at most five minutes ago. */
function ownerAt(instant: number, sessions: readonly WorkedSession[]): WorkedSession | undefined {
  let owner: { session: WorkedSession; mark: number } | undefined
  for (const session of sessions.toSorted((a, b) => +a.startedAt - +b.startedAt || (a.id < b.id ? -1 : 1))) {
    const start = session.startedAt.getTime()
    const marks = [0, ...session.marksMs].map((offset) => start + offset).filter((mark) => mark <= instant)
    const mark = Math.max(...marks)
    const live = instant < Math.min(mark + 300_000, start + session.lengthMs)
    if (live && (owner === undefined || mark >= owner.mark)) owner = { session, mark }
  }
  return owner?.session
}

/** Exact time by client, staff and task, one stretch between two instants at which anything can change at a time. */
function timeByRule(sessions: readonly WorkedSession[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const staff of ['anna', 'ivan']) {
    const own = sessions.filter((session) => session.staff === staff)
    const borders = own.flatMap(({ startedAt, lengthMs, marksMs }) => {
      const start = startedAt.getTime()
      return [start + lengthMs, ...[0, ...marksMs].flatMap((mark) => [start + mark, start + mark + 300_000])]
    })
    const ascending = [...new Set(borders)].toSorted((a, b) => a - b)
    for (const [place, from] of ascending.slice(0, -1).entries()) {
      const owner = ownerAt(from, own)
      const key = `${owner?.client} ${staff} ${owner?.task ?? null}`
      if (owner) sums.set(key, (sums.get(key) ?? 0) + ascending[place + 1]! - from)
    }
  }
  return sums
}

describe('for any sessions', () => {
  test('each instant of a person goes to the one session the rule names, and to one client', () => {
    fc.assert(
      fc.property(someSessions, (sessions) => {
        const sums = new Map<string, number>()
        for (const { client, staff, task, exactMs } of report(sessions).lines) {
          const key = `${client} ${staff} ${task}`
          sums.set(key, (sums.get(key) ?? 0) + exactMs)
        }
        expect(Object.fromEntries(sums)).toEqual(Object.fromEntries(timeByRule(sessions)))
      }),
      { numRuns: 300 },
    )
  })

  test('totals are the sums of the printed lines', () => {
    fc.assert(
      fc.property(someSessions, (sessions) => {
        const { lines, totals } = report(sessions)
        for (const { client, minutes, charged } of totals) {
          const own = lines.filter((line) => line.client === client)
          expect(own.reduce((sum, line) => sum + line.minutes, 0)).toBe(minutes)
          expect(own.reduce((sum, line) => sum + line.charged, 0)).toBe(charged)
        }
        expect(totals.map(({ client }) => client)).toEqual([...new Set(lines.map(({ client }) => client))])
      }),
    )
  })

  test('the order of arrival and duplicates change nothing', () => {
    const shuffled = someSessions.chain((sessions) =>
      fc.tuple(
        fc.constant(sessions),
        fc.shuffledSubarray([...sessions, ...sessions], { minLength: sessions.length * 2 }),
      ),
    )
    fc.assert(
      fc.property(shuffled, ([sessions, arrived]) => {
        expect(report(arrived)).toEqual(report(sessions))
      }),
    )
  })

  test('splitting a session at a key changes no minute', () => {
    fc.assert(
      fc.property(someSessions, fc.nat(), (sessions, place) => {
        const splittable = sessions.filter(({ marksMs, lengthMs }) => marksMs.some((mark) => mark < lengthMs))
        const whole = splittable[place % Math.max(1, splittable.length)]
        fc.pre(whole !== undefined)
        const at = whole!.marksMs.find((mark) => mark < whole!.lengthMs)!
        const first = { ...whole!, lengthMs: at, marksMs: whole!.marksMs.filter((mark) => mark < at) }
        const second = {
          ...whole!,
          id: `${whole!.id}-again`,
          startedAt: new Date(whole!.startedAt.getTime() + at),
          lengthMs: whole!.lengthMs - at,
          marksMs: whole!.marksMs.filter((mark) => mark > at).map((mark) => mark - at),
        }
        const alone = (parts: readonly WorkedSession[]) =>
          report(parts).lines.map(({ day, exactMs, minutes }) => [day, exactMs, minutes])
        expect(alone([first, second])).toEqual(alone([whole!]))
        const others = sessions.filter((each) => each !== whole)
        expect(exactOf(report([...others, first, second]))).toBe(exactOf(report(sessions)))
      }),
    )
  })

  test('another key or another session never lowers the time of all', () => {
    fc.assert(
      fc.property(someSessions, fc.nat(3_600_000), (sessions, mark) => {
        const [first, ...rest] = sessions
        fc.pre(first !== undefined)
        const typed = { ...first!, marksMs: [...first!.marksMs, mark].toSorted((a, b) => a - b) }
        const before = exactOf(report(sessions))
        expect(exactOf(report([typed, ...rest]))).toBeGreaterThanOrEqual(before)
        expect(exactOf(report(rest))).toBeLessThanOrEqual(before)
        const minutes = (session: WorkedSession) => report([session]).totals[0]?.minutes ?? 0
        expect(minutes(typed)).toBeGreaterThanOrEqual(minutes(first!))
      }),
    )
  })

  test('a running total never shrinks while a session is open', () => {
    fc.assert(
      fc.property(someSessions, fc.nat(7_200_000), fc.nat(7_200_000), (sessions, a, b) => {
        const open = sessions.map((session) => ({ ...session, live: true }))
        const [sooner, afterwards] = [a, b]
          .toSorted((one, other) => one - other)
          .map((after) => {
            const asOf = new Date(Date.parse('2026-11-10T20:00:00Z') + after)
            return exactOf(reportTime(open, () => standardPolicy, november, asOf))
          })
        expect(afterwards).toBeGreaterThanOrEqual(sooner!)
      }),
    )
  })

  test('periods that meet hold all the time once', () => {
    fc.assert(
      fc.property(someSessions, fc.nat(10_800_000), (sessions, after) => {
        const middle = new Date(Date.parse('2026-11-10T20:00:00Z') + after)
        const [from, to] = [new Date('2026-11-01T00:00:00Z'), new Date('2026-12-01T00:00:00Z')]
        const halves = [
          { from, to: middle },
          { from: middle, to },
        ]
        const sum = halves.reduce((total, half) => total + exactOf(report(sessions, half)), 0)
        expect(sum).toBe(exactOf(report(sessions)))
      }),
    )
  })
})

describe('the time zone of the process', () => {
  const zone = process.env['TZ']
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  })

  test('changes nothing', () => {
    const [sessions] = fc.sample(fc.array(someSessions, { minLength: 20 }), { numRuns: 1, seed: 1 })
    const reports = ['UTC', 'Pacific/Kiritimati', 'America/St_Johns'].map((processZone) => {
      process.env['TZ'] = processZone
      const localHours = new Date('2026-11-10T00:00:00Z').getHours()
      return { localHours, reports: sessions!.map((each) => report(each)) }
    })
    expect(reports.map(({ localHours }) => localHours)).toEqual([0, 14, 20])
    expect(reports[1]!.reports).toEqual(reports[0]!.reports)
    expect(reports[2]!.reports).toEqual(reports[0]!.reports)
  })
})
