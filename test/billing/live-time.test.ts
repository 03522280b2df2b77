import { describe, expect, test } from 'vitest'
import { type Line, Lines } from '#gateway/billing/lines.ts'
import { liveTime } from '#gateway/billing/live-time.ts'
import type { MeasuredSession } from '#gateway/billing/measured-session.ts'
import { standardPolicy, type TimePolicy } from '#gateway/billing/time-policy.ts'

const START = Date.parse('2026-11-10T07:00:00Z')
const MINUTE = 60_000

/** Of ivan at the named client, from one minute to another after 10:00 in Moscow. */
function session(client: string, from: number, to: number, changes: Partial<MeasuredSession> = {}): MeasuredSession {
  const start = START + from * MINUTE
  return {
    id: `${client}-${from}`,
    client,
    zone: 'Europe/Moscow',
    staff: 'ivan',
    tasks: [{ from: start, task: null }],
    billable: true,
    live: false,
    start,
    end: START + to * MINUTE,
    marks: [0],
    graceMs: Infinity,
    ...changes,
  }
}

const task = (name: string, from: number) => ({ tasks: [{ from: START + from * MINUTE, task: name }] })

function lines(sessions: readonly MeasuredSession[], terms: Partial<TimePolicy>): Line[] {
  const policy: TimePolicy = { ...standardPolicy, ...terms }
  const gathered = new Lines(policy)
  liveTime(sessions, policy, (...time) => gathered.add(...time))
  return gathered.printed()
}

const exact = (...given: Parameters<typeof lines>) =>
  lines(...given).map((line) => [line.client, line.staff, line.task, line.exactMs / MINUTE])

describe('a person live at several clients', () => {
  const sessions = [session('a', 0, 60), session('b', 30, 90), session('c', 40, 50)]

  test('is paid by the last one worked on', () => {
    expect(lines(sessions, { acrossClients: 'focus' }).map((line) => line.minutes)).toEqual([30, 50, 10])
  })

  test('is paid by each in full', () => {
    expect(lines(sessions, { acrossClients: 'full' }).map((line) => line.minutes)).toEqual([60, 60, 10])
  })

  test('is paid in equal shares', () => {
    const shared = lines(sessions, { acrossClients: 'split' })
    // a: 30 alone, 20 in halves, 10 in thirds.
    expect(shared.map((line) => line.exactMs)).toEqual([2_600_000, 2_600_000, 200_000])
    expect(shared.map((line) => line.minutes)).toEqual([44, 44, 4])
  })

  test('is paid in shares that lose and add nothing, though thirds of a millisecond are no integers', () => {
    const end = START + 180_000
    const others = [session('b', 0, 3), session('c', 0, 3)]
    const broken = [
      session('a', 0, 3, { end: START + 100_001 }),
      { ...session('a', 0, 3), id: 'a2', start: START + 100_001 },
    ]
    const shared = lines([...broken, ...others], { acrossClients: 'split' })
    expect(shared.map((line) => [line.exactMs, line.minutes])).toEqual(
      ['a', 'b', 'c'].map(() => [(end - START) / 3, 1]),
    )
    const uneven = ['a', 'b', 'c'].map((client) => session(client, 0, 3, { end: end + 1 }))
    expect(lines(uneven, { acrossClients: 'split' }).map((line) => line.exactMs)).toEqual([60_001, 60_001, 60_001])
    expect(lines(uneven, { acrossClients: 'split', mode: 'down' }).map((line) => line.exactMs)).toEqual([
      60_000, 60_000, 60_000,
    ])
  })
})

describe('people live for one client at once', () => {
  const sessions = [session('a', 0, 60, task('T-1', 0)), session('a', 30, 90, { staff: 'anna', ...task('T-2', 30) })]

  test('add up', () => {
    expect(exact(sessions, {})).toEqual([
      ['a', 'ivan', 'T-1', 60],
      ['a', 'anna', 'T-2', 60],
    ])
  })

  test('are billed once where the contract says so, for what was begun last', () => {
    expect(exact(sessions, { acrossStaff: 'union' })).toEqual([
      ['a', '*', 'T-1', 30],
      ['a', '*', 'T-2', 60],
    ])
  })

  test('of two clients are billed once by each', () => {
    const elsewhere = session('b', 0, 90, { staff: 'olga' })
    const billed = lines([...sessions, elsewhere], { acrossStaff: 'union', acrossClients: 'focus' })
    expect(billed.map((line) => [line.client, line.minutes])).toEqual([
      ['a', 30],
      ['a', 60],
      ['b', 90],
    ])
  })
})

describe('sessions that stand alone', () => {
  test('are billed for all their time, each on its own line', () => {
    const terms = { merge: false, acrossClients: 'full', line: ['session'] } as const
    const alone = lines([session('a', 0, 60), session('a', 10, 20)], terms)
    expect(alone.map((line) => [line.sessions, line.minutes])).toEqual([
      [['a-0'], 60],
      [['a-10'], 10],
    ])
  })
})

describe('bands', () => {
  const bands = (from: string, to: string, zone: string, weekend = [5, 6]) => {
    const afterHours = { hours: [150, 1320], weekend, percent: { day: 100, after: 150, weekend: 200 } } as const
    const [start, end] = [Date.parse(from), Date.parse(to)]
    const worked = { ...session('a', 0, 0, { zone }), start, end, tasks: [{ from: start, task: null }] }
    const printed = lines([worked], { afterHours, line: ['day', 'band'] })
    return printed.map((line) => [line.day, line.band, line.minutes, line.charged])
  }

  test('follow the local clock through the weekend and out of it', () => {
    // Friday 21:30 to Monday 03:00 in Moscow.
    expect(bands('2026-11-13T18:30:00Z', '2026-11-16T00:00:00Z', 'Europe/Moscow')).toEqual([
      ['2026-11-13', 'day', 30, 30],
      ['2026-11-13', 'after', 120, 180],
      ['2026-11-14', 'weekend', 1440, 2880],
      ['2026-11-15', 'weekend', 1440, 2880],
      ['2026-11-16', 'after', 150, 225],
      ['2026-11-16', 'day', 30, 30],
    ])
  })

  test('count an hour that the clock shows twice in the band it shows', () => {
    // In Berlin 02:00 to 03:00 comes twice: 02:30 to 03:00 is day, then 02:00 to 02:30 is after hours again.
    expect(bands('2026-10-25T00:30:00Z', '2026-10-25T02:00:00Z', 'Europe/Berlin', [])).toEqual([
      ['2026-10-25', 'day', 60, 60],
      ['2026-10-25', 'after', 30, 45],
    ])
  })

  test('skip an hour the clock skips', () => {
    // Friday 2026-04-24 in Cairo begins at 01:00; the day band at 02:30.
    expect(bands('2026-04-23T22:00:00Z', '2026-04-24T00:00:00Z', 'Africa/Cairo')).toEqual([
      ['2026-04-24', 'after', 90, 135],
      ['2026-04-24', 'day', 30, 30],
    ])
  })
})

describe('a line of several people', () => {
  test('stands where its first work falls, whoever did it', () => {
    const sessions = [
      session('a', 30, 40, task('T-2', 30)),
      session('a', 60, 70, task('T-1', 60)),
      session('a', 0, 10, { staff: 'anna', ...task('T-1', 0) }),
    ]
    const printed = lines(sessions, { line: ['task'] })
    expect(printed.map((line) => [line.task, line.minutes, line.sessions])).toEqual([
      ['T-1', 20, ['a-0', 'a-60']],
      ['T-2', 10, ['a-30']],
    ])
  })
})

describe('a session booked on its first day', () => {
  test('keeps its tasks apart', () => {
    const start = Date.parse('2026-11-10T20:30:00Z')
    const night = {
      ...session('a', 0, 0),
      start,
      end: start + 60 * MINUTE,
      tasks: [
        { from: start, task: 'T-1' },
        { from: start + 40 * MINUTE, task: 'T-2' },
      ],
    }
    expect(lines([night], { daySplit: 'start' }).map((line) => [line.day, line.task, line.minutes])).toEqual([
      ['2026-11-10', 'T-1', 40],
      ['2026-11-10', 'T-2', 20],
    ])
  })
})
