import { describe, expect, it } from 'vitest'
import { statement, statementPage } from '#shared/statement.ts'
import { asked, type Installation, type Person, sharedInstallation } from './installation.ts'

const terms = { packageMinutes: 1, rateMinorPerHour: 200_000, currency: 'RUB' }

describe('the API of the book', () => {
  const installed = sharedInstallation()

  const call = async (person: Person, method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) => {
    const house = installed()
    const request = asked(method, url, await house.signIn(person))
    return house.api.inject({ ...request, ...(payload && { payload }) })
  }
  const get = (person: Person, url: string) => call(person, 'GET', url)

  it('has billing agree on terms, and refuses what is no terms, member by member', async () => {
    const put = (person: Person, payload: object) => call(person, 'PUT', '/clients/acme/contract', payload)
    expect((await put('billing', { validFrom: '2026-11-01', terms })).json()).toMatchObject({
      client: 'acme',
      validFrom: '2026-11-01',
      terms: { ...terms, stepMinutes: 1, mode: 'up', overage: 'ask' },
      enteredBy: 'staff:billing',
    })
    const wrong = await put('billing', {
      validFrom: '2026-02-30',
      terms: { ...terms, rateMinorPerHour: 0.5, discount: 1 },
    })
    expect(wrong.statusCode).toBe(400)
    const { detail } = wrong.json()
    for (const member of ['validFrom', 'terms.rateMinorPerHour', 'discount']) expect(detail).toContain(member)
    const foreign = await installed().api.inject({
      ...asked('PUT', '/clients/acme/contract', await installed().signIn('billing')),
      headers: { origin: 'https://elsewhere.example' },
      payload: { validFrom: '2026-12-01', terms },
    })
    expect(foreign.statusCode).toBe(403)
    expect((await get('viewer', '/clients/acme/contract')).json().items).toHaveLength(1)
  })

  it('previews a month, and closes it with what is open accepted by name', async () => {
    const preview = statement.parse((await get('owner', '/clients/acme/statements/2026-11')).json())
    expect(preview).toMatchObject({ state: 'open', totals: { charged: 2 }, balance: { used: 1, overagePending: 1 } })
    const close = (payload: object) => call('billing', 'POST', '/clients/acme/statements/2026-11/close', payload)
    const refused = await close({})
    expect(refused.statusCode).toBe(409)
    expect(refused.json().detail).toContain('the month is not over')
    const closed = statement.parse((await close({ accept: true })).json())
    expect(closed).toMatchObject({
      state: 'closed',
      closedBy: 'staff:billing',
      open: [expect.any(String), expect.any(String)],
    })
    expect((await get('owner', '/clients/acme/statements/2026-11')).json()).toEqual(closed)
  })

  it('gives a closed month as JSON and CSV, with a tag by which it need not be read twice', async () => {
    const [{ id }] = (await get('owner', '/statements')).json().items
    const json = await get('owner', `/statements/${id}.json`)
    expect(statement.parse(json.json()).state).toBe('closed')
    const csv = await get('owner', `/statements/${id}.csv`)
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(csv.body.split('\r\n')[1]).toMatch(
      /^acme,2026-11,work,2026-11-23,13:00,,engineer,web1\.acme,,true,120000,2,2,1,0,1,/,
    )
    const again = await installed().api.inject({
      ...asked('GET', `/statements/${id}.csv`, await installed().signIn('owner')),
      headers: { 'if-none-match': `"other", ${csv.headers.etag}` },
    })
    expect([again.statusCode, again.body]).toEqual([304, ''])
  })

  it('lists closed months by page, newest first, to everybody their own', async () => {
    const house = installed()
    await closeZeta(house)
    const list = async (person: Person, query = '') =>
      statementPage.parse((await get(person, `/statements${query}`)).json())
    const names = async (...of: Parameters<typeof list>) =>
      (await list(...of)).items.map(({ client, month }) => `${client} ${month}`)
    const all = ['acme 2026-11', 'zeta 2026-11', 'zeta 2026-10']
    expect(await names('billing')).toEqual(all)
    expect(await names('billing', '?from=2026-11&client=zeta')).toEqual(['zeta 2026-11'])
    expect(await names('billing', '?to=2026-10')).toEqual(['zeta 2026-10'])
    expect(await names('viewer')).toEqual(['acme 2026-11'])
    expect(await names('viewer', '?client=zeta')).toEqual([])
    expect(await names('engineer')).toEqual([])
    const read = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await list('billing', `?limit=1${cursor && `&cursor=${cursor}`}`)
      read.push(...page.items.map(({ client, month }) => `${client} ${month}`))
      cursor = page.nextCursor
    }
    expect(read).toEqual(all)
  })

  it('hides the months of others', async () => {
    const [{ id }] = (await get('billing', '/statements?client=zeta')).json().items
    for (const file of ['json', 'csv']) expect((await get('owner', `/statements/${id}.${file}`)).statusCode).toBe(404)
    expect((await get('stranger', `/statements/${id}.json`)).statusCode).toBe(200)
  })
})

async function closeZeta(house: Installation): Promise<void> {
  const cookie = await house.signIn('billing')
  const send = async (method: 'POST' | 'PUT', url: string, payload: object) => {
    const answer = await house.api.inject({ ...asked(method, `/clients/zeta${url}`, cookie), payload })
    if (answer.statusCode !== 200) throw new Error(answer.body)
  }
  await send('PUT', '/contract', { validFrom: '2026-10-01', terms })
  for (const month of ['2026-10', '2026-11']) await send('POST', `/statements/${month}/close`, { accept: true })
}
