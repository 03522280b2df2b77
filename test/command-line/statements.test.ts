import { describe, expect, test } from 'vitest'
import { statement } from '#shared/statement.ts'
import { recordSession } from '#test/api/recorded-session.ts'
import { type Run, installation, publicKey } from './installation.ts'

const DECEMBER = '2026-12-02T09:00:00Z'

/** Ivan worked at web1.acme on two November days of Moscow, two minutes each; nothing else is on record. */
async function november(terms = '--minutes 300 --rate 2000 --currency RUB --vat 22') {
  const house = await installation()
  const { stores } = house
  const ivan = 'staff add ivan --name Ivan --email ivan@example.org --role engineer --key -'
  await house.gatebook(ivan, { stdin: publicKey })
  await house.gatebook(['client', 'add', 'acme', '--name', 'Acme & <b>Söhne</b>', '--zone', 'Europe/Moscow'])
  await house.gatebook('target add web1.acme --host web1')
  const staff = (await stores.staff.byLogin('ivan'))!
  const target = (await stores.targets.byName('web1', 'acme'))!
  const work = (startedAt: string, endedAfterS: number | undefined = 120) =>
    recordSession(stores, { staff, target, startedAt: new Date(startedAt), ...(endedAfterS > 0 && { endedAfterS }) })
  // 23:30 in Moscow, and half past midnight.
  await work('2026-11-20T20:30:00Z')
  await work('2026-11-20T21:30:00Z')
  if (terms !== '') await house.gatebook(`package set acme ${terms} --from 2026-11-01`)
  const at = (now: string): Run => ({ parts: { clock: { now: () => new Date(now), monotonicUs: () => 0 } } })
  return Object.assign(house, {
    work,
    at: (now: string, command: string) => house.gatebook(command, at(now)),
    async read(command: string, now = DECEMBER) {
      const seen = await house.gatebook(`${command} --json`, at(now))
      if (seen.status !== 0) throw new Error(seen.err)
      return statement.parse(JSON.parse(seen.out))
    },
  })
}

describe('the preview of a month', () => {
  test('has the work with its recordings, the balance and what is to pay', async () => {
    await using house = await november('--minutes 3 --rate 2000 --currency RUB --vat 22 --overage agreed')
    const month = await house.read('statement preview acme 2026-11')
    expect(month).toMatchObject({
      state: 'open',
      client: 'acme',
      contract: { validFrom: '2026-11-01' },
      lines: [
        {
          day: '2026-11-20',
          at: '23:30',
          staff: 'ivan',
          minutes: 2,
          charged: 2,
          covered: 2,
          overageAgreed: 0,
          replayMs: 0,
        },
        { day: '2026-11-21', at: '00:30', staff: 'ivan', exactMs: 120_000, charged: 2, covered: 1, overageAgreed: 1 },
      ],
      totals: { exactMs: 240_000, minutes: 4, charged: 4, corrected: 0 },
      balance: { carriedIn: 0, included: 3, used: 3, left: 0, overageAgreed: 1, overagePending: 0 },
      // 2000 / 60 = 33.33, and 22 % of that.
      invoice: { minutes: 1, netMinor: 3333, vatMinor: 733, grossMinor: 4066 },
      open: [],
    })
    expect(month.lines[0]!.sessions).toEqual([{ id: expect.any(String), target: 'web1.acme' }])
    const table = (await house.at(DECEMBER, 'statement preview acme 2026-11')).out
    expect(table).toContain('package: 0 carried in + 3 included - 3 used = 0 left')
    expect(table).toContain('invoice: 1 min at 2000.00 RUB an hour = 33.33 RUB + 7.33 RUB VAT (22 %) = 40.66 RUB')
  })

  test('has the same minutes as gatebook time', async () => {
    await using house = await november('--minutes 300 --rate 2000 --currency RUB --step 15 --scope day')
    const { lines, totals } = await house.read('statement preview acme 2026-11')
    const time = await house.gatebook('time --month 2026-11 --client acme --json')
    expect(lines.map(({ minutes }) => minutes)).toEqual([15, 15])
    expect(JSON.parse(time.out).totals).toEqual([{ client: 'acme', minutes: 30, charged: totals.charged }])
  })

  test('does without a contract, and says so', async () => {
    await using house = await november('')
    expect(await house.read('statement preview acme 2026-11')).toMatchObject({
      contract: null,
      invoice: null,
      totals: { charged: 4 },
      balance: { included: 0, overagePending: 4 },
    })
    const seen = await house.at(DECEMBER, 'statement close acme 2026-11 --accept')
    expect(seen.err).toContain('nothing is agreed with acme for 2026-11')
    expect(seen.status).toBe(1)
  })

  test('carries over what a rollover allows, and lets the rest lapse', async () => {
    await using house = await november('--minutes 100 --rate 2000 --currency RUB --rollover 60')
    expect((await house.read('statement preview acme 2026-11')).balance).toMatchObject({
      left: 96,
      lapses: 36,
      carriesOver: 60,
    })
    const december = (await house.read('statement preview acme 2026-12')).balance
    expect(december).toMatchObject({ carriedIn: 60, included: 100, used: 0, left: 160 })
    expect((await house.read('statement preview acme 2027-01')).balance).toMatchObject({ carriedIn: 60, lapses: 100 })
  })
})

describe('closing a month', () => {
  test('is refused with every reason, or lists them', async () => {
    await using house = await november('--minutes 3 --rate 2000 --currency RUB')
    const live = await house.work('2026-11-30T20:50:00Z', 0)
    const early = await house.at('2026-11-30T20:55:00Z', 'statement close acme 2026-11')
    expect(early.status).toBe(1)
    expect(early.err).toContain('2026-11 cannot be closed for acme yet')
    expect(early.err).toContain('the month is not over: it ends 2026-11-30T21:00:00.000Z')
    expect(early.err).toContain(`ivan still works on a line of 2026-11-30: session ${live}`)
    expect(early.err).toMatch(/\d+ minutes beyond the package wait for the client's consent/)
    expect((await house.at(DECEMBER, 'statement show acme 2026-11')).err).toContain('2026-11 is not closed for acme')
    const closed = await house.read('statement close acme 2026-11 --accept')
    expect(closed.open).toHaveLength(2)
    expect(await house.read('statement show acme 2026-11')).toEqual(closed)
  })

  test('stores what never changes, whatever arrives and is agreed later', async () => {
    await using house = await november()
    const closed = await house.read('statement close acme 2026-11')
    expect(closed).toMatchObject({ state: 'closed', closedBy: 'operator', totals: { charged: 4 } })
    await house.work('2026-11-25T10:00:00Z')
    await house.gatebook('package set acme --step 60 --from 2026-12-01')
    expect(await house.read('statement show acme 2026-11')).toEqual(closed)
    expect(await house.read('statement preview acme 2026-11')).toEqual(closed)
    const terms = await house.gatebook('package set acme --rate 1 --from 2026-11-01')
    expect(terms.err).toContain('2026-11 is closed for acme; new terms can begin on 2026-12-01 or later')
    expect((await house.at(DECEMBER, 'statement close acme 2026-11')).err).toContain('closed for acme already')
  })

  test('leaves what comes later to the next month, once', async () => {
    await using house = await november()
    await house.read('statement close acme 2026-11')
    await house.work('2026-11-25T10:00:00Z')
    const late = { ref: '2026-11', minutes: 2, kind: 'late' }
    const january = '2027-01-10T00:00:00Z'
    expect(await house.read('statement preview acme 2026-12', january)).toMatchObject({
      lines: [],
      corrections: [late],
      totals: { charged: 0, corrected: 2 },
      balance: { used: 2, left: 298 },
    })
    await house.read('statement close acme 2026-12', january)
    expect((await house.read('statement preview acme 2027-01', january)).corrections).toEqual([])
    await house.work('2026-11-26T10:00:00Z')
    expect((await house.read('statement preview acme 2027-01', january)).corrections).toEqual([late])
  })

  test('goes from month to month', async () => {
    await using house = await november()
    const seen = await house.at('2027-01-10T00:00:00Z', 'statement close acme 2026-12')
    expect(seen.err).toContain('2026-11 is still open for acme; close 2026-11 first')
  })

  test('happens once, though two ask at once', async () => {
    await using house = await november()
    const both = await Promise.all([1, 2].map(() => house.at(DECEMBER, 'statement close acme 2026-11')))
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([0, 1]))
    expect(both.map(({ err }) => err).join('')).toMatch(/another month was closed while|is closed for acme already/)
  })
})

test('a statement that was altered in the database is not shown as the one that was closed', async () => {
  await using house = await november()
  await house.read('statement close acme 2026-11')
  await house.database.change(async (queries) => {
    await queries.execute('alter table statement disable trigger keep_as_written')
    await queries.execute(`update statement set body = replace(body, '"charged":2', '"charged":1')`)
  })
  const seen = await house.at(DECEMBER, 'statement show acme 2026-11')
  expect(seen.err).toContain('the statement of acme for 2026-11 was altered since it was closed')
  expect(seen).toMatchObject({ status: 1, out: '' })
})

test('the exported files hold the same numbers, and nothing in them is obeyed', async () => {
  await using house = await november()
  await house.read('statement close acme 2026-11')
  const exported = async (format: string) =>
    (await house.at(DECEMBER, `statement export acme 2026-11 --format ${format}`)).out
  const json = statement.parse(JSON.parse(await exported('json')))
  const csv = (await exported('csv')).trim().split('\r\n')
  expect(csv).toHaveLength(3)
  const [head, ...rows] = csv.map((line) => line.split(','))
  const charged = rows.map((row) => Number(row[head!.indexOf('charged')]))
  expect(charged).toEqual(json.lines.map((line) => line.charged))
  const session = json.lines[0]!.sessions[0]!.id
  expect(rows[0]![head!.indexOf('recording')]).toBe(`http://localhost:8080/sessions/${session}`)
  const html = await exported('html')
  expect(json.state === 'closed' && html.includes(json.hash)).toBe(true)
  expect(html).toContain('Acme &#38; &#60;b&#62;Söhne')
  expect(html).not.toContain('<b>')
  expect(html).toContain('<td class="n">4</td>')
  expect(html).toContain(`href="http://localhost:8080/sessions/${session}"`)
})

test.each([
  ['statement preview acme november', 2, 'a month such as 2026-11 is expected'],
  ['statement preview acme 2026-13', 2, 'a month such as 2026-11 is expected'],
  ['statement preview nope 2026-11', 1, 'there is no client nope'],
  ['statement export acme 2026-11', 1, '2026-11 is not closed for acme; see: gatebook statement preview acme 2026-11'],
])('refuses %s', async (command, status, saying) => {
  await using house = await november()
  const seen = await house.at(DECEMBER, command)
  expect(seen.err).toContain(saying)
  expect(seen.status).toBe(status)
})
