import { expect, test } from 'vitest'
import { installation } from './installation.ts'

const FIRST = 'package set acme --minutes 300 --rate 2000 --currency RUB --from 2026-11-01'

async function withAcme() {
  const house = await installation()
  await house.stores.clients.add({ slug: 'acme', name: 'Acme', zone: 'Europe/Moscow', language: 'ru' }, 'test')
  return house
}

test('a contract is agreed on, shown, and changed from a date on', async () => {
  await using house = await withAcme()
  const first = await house.gatebook(FIRST)
  expect(first.status, first.err).toBe(0)
  expect(first.out).toMatch(/package +300 min a month\nrate +2000\.00 RUB an hour\n/)
  const next = 'package set acme --rate 2500.50 --vat 22 --bands 9:00-18:00,sat+sun,100/150/200 --from 2027-01-01'
  expect(await house.json(next)).toMatchObject({
    client: 'acme',
    validFrom: '2027-01-01',
    terms: {
      packageMinutes: 300,
      rateMinorPerHour: 250_050,
      currency: 'RUB',
      vat: { percent: 22, included: false },
      graceMs: 300_000,
      scope: 'line',
      afterHours: { hours: [540, 1080], weekend: [5, 6], percent: { day: 100, after: 150, weekend: 200 } },
      overage: 'ask',
    },
    enteredBy: 'operator',
  })
  expect(await house.json('package show acme')).toMatchObject([
    { validFrom: '2026-11-01', terms: { rateMinorPerHour: 200_000, vat: { percent: 0 } } },
    { validFrom: '2027-01-01', terms: { rateMinorPerHour: 250_050 } },
  ])
})

test('what was entered for the same day before is replaced, and stays on record', async () => {
  await using house = await withAcme()
  await house.gatebook(FIRST)
  await house.gatebook('package set acme --minutes 600 --from 2026-11-01')
  expect(await house.json('package show acme')).toMatchObject([{ terms: { packageMinutes: 600 } }])
  const { rows } = await house.database.read((queries) => queries.execute('select id from contract'))
  expect(rows).toHaveLength(2)
})

test.each(["update contract set terms = '{}'", 'delete from contract', 'truncate contract'])(
  'the database itself refuses: %s',
  async (statement) => {
    await using house = await withAcme()
    await house.gatebook(FIRST)
    const changed = house.database.change((queries) => queries.execute(statement))
    await expect(changed).rejects.toThrow('rows of contract are added, never changed or removed')
    expect(await house.json('package show acme')).toHaveLength(1)
  },
)

test.each([
  ['package set acme --rate 2000 --currency RUB', 1, 'a first contract needs --minutes, --rate and --currency'],
  ['package set acme --minutes 300 --rate 2000', 1, 'a first contract needs'],
  ['package set acme --minutes 300 --currency RUB', 1, 'a first contract needs'],
  ['package set acme --minutes 300 --rate 2000 --currency RUR', 1, '--currency RUR is no currency'],
  ['package set acme --minutes 300 --rate 2000.555 --currency RUB', 1, '--rate 2000.555 is no amount in RUB'],
  ['package set acme --minutes 300 --rate 0.5 --currency JPY', 1, '--rate 0.5 is no amount in JPY'],
  ['package set acme --minutes 300 --rate -1 --currency RUB', 1, '--rate -1 is no amount'],
  [`${FIRST} --step 7`, 1, '--step: one of 1, 5, 6, 10, 15, 30, 60'],
  [`${FIRST} --step 15 --minimum 20`, 1, '--minimum: a multiple of stepMinutes'],
  [`${FIRST} --bands 18:00-09:00,none,100/100/100`, 1, '--bands: the day ends after it begins'],
  [`${FIRST} --bands nine-to-five`, 2, 'bands such as 09:00-18:00'],
  [`${FIRST} --grace 16`, 2, 'a whole number from 1 to 15 is expected'],
  [`${FIRST} --minutes 1.5`, 2, 'a whole number from 0 to 1000000 is expected'],
  [`${FIRST} --from 2026-02-30`, 2, 'a date such as 2026-12-01 is expected'],
  ['package show acme', 1, 'nothing is agreed with acme yet; agree on something first: gatebook package set acme'],
  ['package set acmee --minutes 300 --rate 2000 --currency RUB', 1, 'did you mean acme?'],
])('refuses %s', async (command, status, saying) => {
  await using house = await withAcme()
  const seen = await house.gatebook(command)
  expect(seen.err).toContain(saying)
  expect(seen.status).toBe(status)
  expect(await house.stores.contracts.list()).toEqual([])
})

test('new terms inside of a month are refused with the days on which they can begin', async () => {
  await using house = await withAcme()
  await house.gatebook(FIRST)
  const seen = await house.gatebook('package set acme --minutes 600 --from 2026-12-15')
  expect(seen.err).toContain('let the new terms begin on 2026-12-01 or 2027-01-01')
  expect(seen.status).toBe(1)
})

test('another currency asks for its own rate', async () => {
  await using house = await withAcme()
  await house.gatebook(FIRST)
  expect((await house.gatebook('package set acme --currency EUR --from 2026-12-01')).err).toContain(
    'the rate is in RUB; give --rate in EUR too',
  )
})
