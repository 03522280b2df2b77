import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ContractTerms, roundingModes, scopes } from '#shared/contract.ts'
import type { StatementView } from '#shared/statement.ts'
import { canonicalJson } from '#gateway/billing/canonical-json.ts'
import { closeMonth, statementOf } from '#gateway/billing/month-book.ts'
import type { WorkedSession } from '#gateway/billing/worked-session.ts'
import { someSessions } from './arbitrary-sessions.ts'
import { bookOf, contractOn } from './book-sources.ts'

const client = { slug: 'c0', name: 'C', zone: 'Europe/Moscow' }
const january = new Date('2027-01-10T00:00:00Z')
const asked = (month: string) => ({ client, month, asOf: january })

const someTerms = fc.record({
  packageMinutes: fc.nat(120),
  rateMinorPerHour: fc.nat(1_000_000),
  vat: fc.record({ percent: fc.nat(30), included: fc.boolean() }),
  graceMs: fc.integer({ min: 60, max: 900 }).map((seconds) => seconds * 1000),
  scope: fc.constantFrom(...scopes),
  stepMinutes: fc.constantFrom<ContractTerms['stepMinutes'][]>(1, 5, 6, 10, 15, 30, 60),
  mode: fc.constantFrom(...roundingModes),
  acrossStaff: fc.constantFrom<ContractTerms['acrossStaff']>('sum', 'union'),
  afterHours: fc.constantFrom<ContractTerms['afterHours'][]>(null, {
    hours: [540, 1380],
    weekend: [1],
    percent: { day: 100, after: 150, weekend: 33 },
  }),
  rollover: fc.option(
    fc.record({ capMinutes: fc.integer({ min: 1, max: 90 }), months: fc.integer({ min: 1, max: 3 }) }),
  ),
  overage: fc.constantFrom<ContractTerms['overage']>('ask', 'agreed'),
})

function book(sessions: readonly WorkedSession[], terms: Partial<ContractTerms>, other: Partial<ContractTerms> = {}) {
  return bookOf([...sessions], [contractOn('c0', '2026-11-01', terms), contractOn('c1', '2026-11-01', other)])
}

function sum<Name extends string>(items: readonly Readonly<Record<Name, number>>[], name: Name): number {
  return items.reduce((total, item) => total + item[name], 0)
}

function expectSums({ lines, totals, balance, carriedOut, corrections, invoice }: StatementView): void {
  for (const name of ['exactMs', 'minutes', 'charged'] as const) expect(totals[name]).toBe(sum(lines, name))
  expect(totals.corrected).toBe(sum(corrections, 'minutes'))
  for (const line of lines) {
    expect(line.charged).toBe(line.covered + line.overageAgreed + line.overagePending)
    expect(Math.min(line.charged, line.covered, line.overageAgreed, line.overagePending)).toBeGreaterThanOrEqual(0)
  }
  const { carriedIn, included, credited, used, left, lapses, carriesOver, overageAgreed, overagePending } = balance
  expect(carriedIn + included + credited).toBe(used + left)
  expect(left).toBe(lapses + carriesOver)
  expect(carriesOver).toBe(sum(carriedOut, 'minutes'))
  const late = corrections.filter(({ minutes }) => minutes > 0)
  expect(used + overageAgreed + overagePending).toBe(totals.charged + sum(late, 'minutes'))
  expect(Math.min(...Object.values(balance))).toBeGreaterThanOrEqual(0)
  expect(invoice!.minutes).toBe(overageAgreed)
  expect(invoice!.netMinor + invoice!.vatMinor).toBe(invoice!.grossMinor)
}

test('for any terms and work every total is the sum of what is printed, in every month', async () => {
  await fc.assert(
    fc.asyncProperty(someSessions, someTerms, async (sessions, terms) => {
      const sources = book(sessions, terms)
      for (const month of ['2026-11', '2026-12', '2027-01']) expectSums(await statementOf(sources, asked(month)))
    }),
  )
})

test('what is carried over is what the next month begins with', async () => {
  await fc.assert(
    fc.asyncProperty(someSessions, someTerms, async (sessions, terms) => {
      const sources = book(sessions, terms)
      const [november, december] = [
        await statementOf(sources, asked('2026-11')),
        await statementOf(sources, asked('2026-12')),
      ]
      expect(december.balance.carriedIn).toBe(november.balance.carriesOver)
      await closeMonth(sources, asked('2026-11'), { accept: true, actor: 'test' })
      const { asOf: _, ...again } = await statementOf(sources, asked('2026-12'))
      expect({ ...again, asOf: december.asOf }).toEqual(december)
    }),
  )
})

test('no instant is billed to two clients, however their contracts differ', async () => {
  await fc.assert(
    fc.asyncProperty(someSessions, someTerms, someTerms, async (sessions, terms, other) => {
      const alike = { acrossStaff: 'sum' } as const
      const sources = book(sessions, { ...terms, ...alike }, { ...other, ...alike })
      const zones = { c0: 'Europe/Moscow', c1: 'Asia/Kolkata', c2: 'Africa/Cairo' }
      let exact = 0
      for (const [slug, zone] of Object.entries(zones)) {
        const { totals } = await statementOf(sources, { ...asked('2026-11'), client: { slug, name: slug, zone } })
        exact += totals.exactMs
      }
      expect(exact).toBeLessThanOrEqual(lengthOfUnion(sessions))
    }),
  )
})

test('a closed month stays as it is, and whatever comes later is in the open one, once', async () => {
  await fc.assert(
    fc.asyncProperty(someSessions, someSessions, someTerms, async (sessions, late, terms) => {
      const sources = book(sessions, terms)
      const closed = await closeMonth(sources, asked('2026-11'), { accept: true, actor: 'test' })
      sources.sessions.push(...late.map((each) => Object.assign({}, each, { id: `late-${each.id}` })))
      expect(canonicalJson(await statementOf(sources, asked('2026-11')))).toBe(canonicalJson(closed))
      const december = await closeMonth(sources, asked('2026-12'), { accept: true, actor: 'test' })
      expectSums(december)
      const anew = await statementOf(book(sources.sessions, terms), asked('2026-11'))
      const rejected = december.totals.charged + anew.totals.charged - closed.totals.charged < 0
      if (!rejected) expect(closed.totals.charged + december.totals.corrected).toBe(anew.totals.charged)
      expect(december.totals.charged + december.totals.corrected).toBeGreaterThanOrEqual(0)
      // What would take a month below zero waits until there is work to take it from.
      expect((await statementOf(sources, asked('2027-01'))).corrections).toEqual([])
    }),
  )
})

/** Milliseconds during which any session of each person was open, each counted once. */
function lengthOfUnion(sessions: readonly WorkedSession[]): number {
  let length = 0
  for (const staff of new Set(sessions.map((each) => each.staff))) {
    let until = -Infinity
    const own = sessions.filter((each) => each.staff === staff).toSorted((a, b) => +a.startedAt - +b.startedAt)
    for (const { startedAt, lengthMs } of own) {
      const end = startedAt.getTime() + lengthMs
      length += Math.max(0, end - Math.max(until, startedAt.getTime()))
      until = Math.max(until, end)
    }
  }
  return length
}
