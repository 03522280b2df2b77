import { describe, expect, test } from 'vitest'
import { contractTerms, type ContractTerms } from '#shared/contract.ts'
import { type Contract, contractOf, policiesOf } from '#gateway/billing/contract.ts'
import { reportTime } from '#gateway/billing/time-report.ts'
import type { WorkedSession } from '#gateway/billing/worked-session.ts'
import { worked } from './worked.ts'

const later = new Date('2027-01-01T00:00:00Z')
const minute = 60_000

function contract(client: string, validFrom: string, terms: Partial<ContractTerms> = {}): Contract {
  const read = contractTerms.parse({ packageMinutes: 300, rateMinorPerHour: 200_000, currency: 'RUB', ...terms })
  return { client, validFrom, terms: read, enteredAt: later, enteredBy: 'test' }
}

function lines(sessions: readonly WorkedSession[], contracts: readonly Contract[], month = '2026-11') {
  return reportTime(sessions, policiesOf(contracts), { month }, later).lines
}

const minutes = (...given: Parameters<typeof lines>) => lines(...given).map((line) => [line.client, line.minutes])

test.each([
  ['2026-10', undefined],
  ['2026-11', '2026-11-15'],
  ['2026-12', '2026-11-15'],
  ['2027-01', '2027-01-01'],
  ['2028-02', '2027-01-01'],
])('in %s the contract from %s holds', (month, validFrom) => {
  const contracts = [contract('acme', '2026-11-15'), contract('acme', '2027-01-01')]
  expect(contractOf(contracts, month)?.validFrom).toBe(validFrom)
})

describe('the time of a client', () => {
  test('is counted by its own contract: grace, step and minimum', () => {
    const terms = { graceMs: 60_000, stepMinutes: 5, minimumMinutes: 10 } as const
    const session = worked({ marksMs: [300_000] })
    expect(minutes([session], [])).toEqual([['acme', 10]])
    expect(lines([session], [contract('acme', '2026-11-01', terms)])).toMatchObject([{ exactMs: 120_000, minutes: 10 }])
    expect(lines([session], [contract('other', '2026-11-01', terms)])).toMatchObject([{ exactMs: 600_000 }])
  })

  test('changes its terms at the midnight of the client that begins the month', () => {
    // 23:55 to 00:05 in Moscow, a key each minute.
    const session = worked({
      startedAt: new Date('2026-11-30T20:55:00Z'),
      marksMs: Array.from({ length: 10 }, (_, index) => index * minute),
    })
    const contracts = [contract('acme', '2026-11-01'), contract('acme', '2026-12-01', { stepMinutes: 15 })]
    expect(minutes([session], contracts)).toEqual([['acme', 5]])
    expect(minutes([session], contracts, '2026-12')).toEqual([['acme', 15]])
  })

  test('keeps the grace of the month in which a session began, so that a closed month never moves', () => {
    const session = worked({ startedAt: new Date('2026-11-30T20:55:00Z') })
    const contracts = [contract('acme', '2026-11-01'), contract('acme', '2026-12-01', { graceMs: 900_000 })]
    expect(lines([session], contracts)).toMatchObject([{ exactMs: 300_000 }])
    expect(lines([session], contracts, '2026-12')).toEqual([])
  })

  test('goes to no other client as well, however their graces differ', () => {
    const long = worked({ lengthMs: 30 * minute })
    const short = worked({
      id: 's2',
      client: 'zeta',
      lengthMs: 30 * minute,
      startedAt: new Date('2026-11-10T07:03:00Z'),
    })
    const contracts = [
      contract('acme', '2026-11-01', { graceMs: 15 * minute }),
      contract('zeta', '2026-11-01', { graceMs: minute }),
    ]
    // acme from 0 to 3 and, when zeta has been silent for a minute, from 4 to 15.
    expect(minutes([long, short], contracts)).toEqual([
      ['acme', 14],
      ['zeta', 1],
    ])
  })

  test('is billed once for several people only where its own contract says so', () => {
    const people = ['acme', 'zeta'].flatMap((client) =>
      ['ivan', 'olga'].map((staff) => worked({ id: `${client}-${staff}`, client, staff: `${staff}-${client}` })),
    )
    const contracts = [contract('acme', '2026-11-01', { acrossStaff: 'union' })]
    expect(lines(people, contracts).map((line) => [line.client, line.staff, line.minutes])).toEqual([
      ['acme', '*', 5],
      ['zeta', 'ivan-zeta', 5],
      ['zeta', 'olga-zeta', 5],
    ])
  })

  test.each([
    ['line', 4],
    ['day', 2],
    ['task', 2],
    ['period', 1],
    ['session', 4],
  ] as const)('is rounded by %s', (scope, count) => {
    const sessions = [7, 8].flatMap((day) =>
      ['T-1', 'T-2'].map((task, hour) =>
        worked({ id: `${day}${task}`, task, startedAt: new Date(`2026-11-0${day}T0${hour + 7}:00:00Z`), lengthMs: 1 }),
      ),
    )
    expect(minutes(sessions, [contract('acme', '2026-11-01', { scope })])).toEqual(Array(count).fill(['acme', 1]))
  })
})
