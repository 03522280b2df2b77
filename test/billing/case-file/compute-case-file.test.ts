import { describe, expect, test } from 'vitest'
import { computeCaseFile } from '#gateway/billing/case-file/compute-case-file.ts'

const policy = {
  basis: 'active',
  grace_s: 300,
  marks: ['open', 'input', 'exec'],
  merge: true,
  across_clients: 'focus',
  across_staff: 'sum',
  day_split: 'split',
  line: ['day', 'staff', 'task'],
  increment_min: 1,
  mode: 'up',
  minimum_min: 0,
}
const session = { id: 's1', staff: 'ivan', client: 'acme', start: '2026-11-10T07:00:00Z', end: '2026-11-10T08:00:00Z' }
const contract = { hours: [480, 1320], weekend: [5, 6], percent: { day: 100, after: 150, weekend: 200 } }

type Members = Readonly<Record<string, unknown>>

/** A file of one case of engine `time`. */
function timeFile(changes: { session?: Members; input?: Members; policy?: Members } = {}) {
  const input = {
    client_tz: { acme: 'Europe/Moscow' },
    sessions: [{ ...session, ...changes.session }],
    ...changes.input,
  }
  return { policies: { P: { ...policy, ...changes.policy } }, cases: [{ id: 1, engine: 'time', policy: 'P', input }] }
}

const caseOf = (engine: string, input: unknown) => ({ cases: [{ id: 'x', engine, input }] })

function outputs(file: unknown): unknown[] {
  const result = computeCaseFile(JSON.stringify(file))
  return result.ok ? result.results.map(({ output }) => output) : [...result.problems]
}

function problems(file: unknown): readonly string[] {
  const result = computeCaseFile(JSON.stringify(file))
  return result.ok ? [] : result.problems
}

const secondsOf = (file: unknown) =>
  (outputs(file)[0] as { lines: { seconds: number }[] }).lines.map(({ seconds }) => seconds)

describe('a case file', () => {
  test('gives its outputs under the ids of its cases', () => {
    const money = { invoice_lines: [], vat_percent: 22, vat_included: false }
    const file = { title: 'ignored', cases: [{ id: 'x', engine: 'money', input: money, expected: 7 }] }
    expect(computeCaseFile(JSON.stringify(file))).toEqual({
      ok: true,
      results: [{ id: 'x', output: { line_minor: [], net_minor: 0, vat_minor: 0, gross_minor: 0 } }],
    })
  })

  test('is refused when it is not JSON, in one line', () => {
    const result = computeCaseFile('{"cases":\n oops}')
    expect(result).toMatchObject({ ok: false, problems: [expect.stringMatching(/^not JSON: [^\n]*$/)] })
  })

  test.each([
    [[], 'Invalid input: expected object, received array'],
    [{}, 'cases: Invalid input: expected array, received undefined'],
    [{ cases: [7] }, 'cases[0]: Invalid input: expected object, received number'],
    [{ cases: [{ id: 1, engine: 'tax' }] }, 'cases[0].engine: one of time, package, money, ledger, sla'],
  ])('%j is refused', (file, problem) => {
    expect(problems(file)).toEqual([problem])
  })

  test('reports every mistake and computes nothing while there is one', () => {
    const good = timeFile()
    const bad = timeFile({ session: { start: 'today', staff: 7 } }).cases[0]
    expect(problems({ ...good, cases: [...good.cases, bad] })).toEqual([
      'cases[1].input.sessions[0].staff: Invalid input: expected string, received number',
      'cases[1].input.sessions[0].start: Invalid ISO datetime',
    ])
  })

  test('names the policy of a time case, and a mistake in it is told once', () => {
    expect(problems({ ...timeFile(), policies: {} })).toEqual(['cases[0].policy: no policy P in this file'])
    const file = timeFile({ policy: { increment_min: 7 } })
    expect(problems({ ...file, cases: [...file.cases, ...file.cases] })).toEqual([
      'policies.P.increment_min: one of 1, 5, 6, 10, 15, 30, 60',
    ])
  })
})

describe('a policy', () => {
  test.each([
    [{ grace_s: 59 }, 'policies.P.grace_s: Too small: expected number to be >=60'],
    [{ grace_s: 901 }, 'policies.P.grace_s: Too big: expected number to be <=900'],
    [{ grace_s: null }, 'policies.P.grace_s: needed for basis active'],
    [{ increment_min: 15, minimum_min: 20 }, 'policies.P.minimum_min: not a multiple of increment_min'],
    [{ bands: true }, 'policies.P.bands: goes with band in line, and band with it'],
    [{ line: ['day', 'band'] }, 'policies.P.bands: goes with band in line, and band with it'],
    [{ merge: false }, 'policies.P.across_clients: is full without merge'],
    [{ merge: false, across_clients: 'full', across_staff: 'union' }, 'policies.P.across_staff: is sum without merge'],
    [{ across_clients: 'split', across_staff: 'union' }, 'policies.P.across_staff: is sum when clients split'],
  ])('%j is refused', (changes, problem) => {
    expect(problems(timeFile({ policy: changes }))).toEqual([problem])
  })

  test.each([60, 900])('with %i seconds of grace is taken', (grace) => {
    expect(secondsOf(timeFile({ policy: { grace_s: grace } }))).toEqual([grace])
  })

  test('with bands needs the contract that says what they are', () => {
    const changes = { bands: true, line: ['day', 'band'] }
    expect(problems(timeFile({ policy: changes }))).toEqual(['cases[0].input.contract: needed: policy P has bands'])
    expect(problems(timeFile({ policy: changes, input: { contract } }))).toEqual([])
    const backward = { ...contract, hours: [600, 600] }
    expect(problems(timeFile({ policy: changes, input: { contract: backward } }))).toEqual([
      'cases[0].input.contract.hours: the day band ends after it begins',
    ])
  })
})

describe('the input of engine time', () => {
  const at = 'cases[0].input.sessions[0]'

  test.each([
    [{ input: [-0.001] }, `${at}.input[0]: less than 0`],
    [{ input: ['1'] }, `${at}.input[0]: expected a number of seconds`],
    [{ input: [1, [1, 2]] }, `${at}.input[1]: a range is [from, to, step]`],
    [{ input: [[0, 9, 0]] }, `${at}.input[0]: the step of a range is more than 0`],
    [{ input: [[0, 1e9, 1]] }, `${at}.input: more than 10000000 marks`],
    [{ input: [0.0001] }, `${at}.input[0]: finer than a millisecond`],
    [{ mono_s: 1e300 }, `${at}.mono_s: too many seconds`],
    [{ start: '2026-11-10T07:00:00.0001Z' }, `${at}.start: finer than a millisecond`],
    [{ start: '2026-02-30T07:00:00Z' }, `${at}.start: Invalid ISO datetime`],
    [{ start: '2026-11-10T07:00:00' }, `${at}.start: Invalid ISO datetime`],
    [{ end: undefined }, `${at}.end: needed where there is no mono_s; null is a session still open`],
    [{ end: null }, 'cases[0].input.as_of: needed: a session is open'],
    [{ client: 'zed' }, `${at}.client: client zed is not in client_tz`],
  ])('%j is refused', (changes, problem) => {
    expect(problems(timeFile({ session: changes }))).toEqual([problem])
  })

  test.each(['Mars/Olympus', '+03:00', ''])('%j is no time zone', (zone) => {
    expect(problems(timeFile({ input: { client_tz: { acme: zone } } }))[0]).toMatch(
      /^cases\[0\]\.input\.client_tz\.acme: /,
    )
  })

  test('takes milliseconds, offsets from UTC and marks in any order', () => {
    const start = '2026-11-10T12:30:00.500+05:30'
    const end = '2026-11-10T08:00:00.000Z'
    expect(secondsOf(timeFile({ session: { start, end, input: [[1000.001, 1000.003, 0.001], 600] } }))).toEqual([
      900.002,
    ])
  })

  test('ends a range at its last step not beyond its end', () => {
    expect(secondsOf(timeFile({ session: { input: [[0, 599, 300]] } }))).toEqual([600])
    expect(secondsOf(timeFile({ session: { input: [[0, 600, 300]] } }))).toEqual([900])
  })

  test('counts a session id given twice once, as given last', () => {
    const again = { ...session, end: '2026-11-10T07:01:00Z' }
    expect(secondsOf(timeFile({ input: { sessions: [session, again] } }))).toEqual([60])
  })

  test('gives an instant with two marks to the session later in the list', () => {
    const other = { ...session, id: 's2', task: 'T-2' }
    const file = timeFile({ input: { sessions: [session, other] } })
    expect(outputs(file)).toMatchObject([{ lines: [{ task: 'T-2', seconds: 300 }] }])
  })

  test('counts what a person types while watching, the watching itself never', () => {
    expect(secondsOf(timeFile({ session: { kind: 'watch' } }))).toEqual([])
    expect(secondsOf(timeFile({ session: { kind: 'watch', input: [60] } }))).toEqual([300])
  })

  test('counts output, requests and openings where the policy says so', () => {
    const output = [1200]
    expect(secondsOf(timeFile({ session: { output } }))).toEqual([300])
    expect(secondsOf(timeFile({ session: { output }, policy: { marks: ['open', 'output'] } }))).toEqual([600])
    expect(secondsOf(timeFile({ session: { kind: 'scp' }, policy: { marks: ['exec'] } }))).toEqual([300])
    expect(secondsOf(timeFile({ session: { kind: 'shell' }, policy: { marks: ['exec'] } }))).toEqual([])
  })
})

describe('the input of the other engines', () => {
  const pool = { id: 'p', kind: 'period', minutes: 1, valid_from: '2026-11-01', valid_to: '2026-11-30' }

  test.each([
    ['package', { pools: [pool, pool], lines: [], approved_overage_min: 0 }, 'pools[1].id: twice: p'],
    [
      'package',
      { pools: [{ ...pool, valid_to: '2026-10-31' }], lines: [], approved_overage_min: 0 },
      'pools[0].valid_to: before valid_from',
    ],
    [
      'money',
      { invoice_lines: [{ minutes: 1.5, rate_minor_per_hour: 1 }], vat_percent: 0, vat_included: false },
      'invoice_lines[0].minutes: Invalid input: expected int, received number',
    ],
    [
      'ledger',
      { computed_minutes_by_month: {}, locked_months: ['2026-10'], open_month: '2026-11' },
      'locked_months[0]: 2026-10 is not in snapshot',
    ],
    [
      'ledger',
      {
        computed_minutes_by_month: {},
        locked_months: ['2026-11'],
        snapshot: { '2026-11': 1 },
        open_month: '2026-11',
      },
      'locked_months[0]: 2026-11 is the open month',
    ],
    [
      'sla',
      { alert: '2026-11-10T10:00:00Z', first_mark: '2026-11-10T09:59:59Z', target_s: 1 },
      'first_mark: before the alert',
    ],
  ])('%s refuses %j', (engine, input, problem) => {
    expect(problems(caseOf(engine, input))).toEqual([`cases[0].input.${problem}`])
  })

  test.each([
    ['10:15:00.000', true],
    ['10:15:00.001', false],
  ])('a first mark at %s meets a quarter of an hour from 10:00: %j', (firstMark, met) => {
    const input = { alert: '2026-11-10T10:00:00Z', first_mark: `2026-11-10T${firstMark}Z`, target_s: 900 }
    expect(outputs(caseOf('sla', input))).toMatchObject([{ met }])
  })
})
