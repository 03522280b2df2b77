import { describe, expect, it } from 'vitest'
import { asked, type Person, sharedInstallation } from './installation.ts'

describe('the API of tasks', () => {
  const installed = sharedInstallation()

  const get = async (person: Person, url: string) => {
    const house = installed()
    return (await house.api.inject(asked('GET', url, await house.signIn(person)))).json()
  }
  const post = async (person: Person, url: string, payload?: object) => {
    const house = installed()
    return house.api.inject({ ...asked('POST', url, await house.signIn(person)), ...(payload && { payload }) })
  }
  const numbers = async (person: Person, query = '') =>
    (await get(person, `/tasks${query}`)).items.map(({ number }: { number: string }) => number)

  it('lets both sides raise tasks, and says who did', async () => {
    const raised = await post('viewer', '/tasks', { client: 'acme', title: ' The shop is down ', kind: 'incident' })
    expect(raised.json()).toEqual({
      id: expect.any(String),
      number: 'ACME-1',
      client: 'acme',
      kind: 'incident',
      title: 'The shop is down',
      note: '',
      status: 'open',
      estimateMinutes: null,
      raisedAt: '2026-11-23T12:00:00.000Z',
      raisedBy: 'client:acme',
      closedAt: null,
      closedBy: null,
      firstSessionAt: null,
      reactionMs: null,
    })
    installed().clock.pass(1000)
    const called = {
      client: 'zeta',
      title: 'Mail',
      raisedAt: '2026-11-23T14:30:00+03:00',
      estimateMinutes: 30,
      note: 'a\nb',
    }
    expect((await post('engineer', '/tasks', called)).json()).toMatchObject({
      number: 'ZETA-1',
      raisedAt: '2026-11-23T11:30:00.000Z',
      raisedBy: 'staff:engineer',
      estimateMinutes: 30,
      note: 'a\nb',
    })
    expect(await get('owner', '/tasks/acme-1')).toEqual(raised.json())
  })

  it('lists to client users what is their own, and nothing else by any filter', async () => {
    expect(await numbers('admin')).toEqual(['ACME-1', 'ZETA-1'])
    expect(await numbers('viewer')).toEqual(['ACME-1'])
    expect(await numbers('stranger')).toEqual(['ZETA-1'])
    expect(await numbers('stranger', '?client=acme')).toEqual([])
    expect(await numbers('billing', '?client=zeta')).toEqual(['ZETA-1'])
  })

  it('lets client users raise for their own client only', async () => {
    const foreign = await post('stranger', '/tasks', { client: 'acme', title: 'mischief' })
    const nowhere = await post('stranger', '/tasks', { client: 'nope', title: 'mischief' })
    expect([foreign.statusCode, nowhere.statusCode]).toEqual([404, 404])
    expect(foreign.body.replace('acme', 'nope')).toBe(nowhere.body)
    expect(await numbers('admin', '?client=acme')).toEqual(['ACME-1'])
  })

  it.each([{ raisedAt: '2026-11-01T00:00:00Z' }, { estimateMinutes: 5 }])(
    'does not let client users say %j',
    async (words) => {
      const answer = await post('owner', '/tasks', { client: 'acme', title: 'x', ...words })
      expect([answer.statusCode, answer.json().detail]).toEqual([
        403,
        'raisedAt and estimateMinutes are for staff to say; leave them out',
      ])
    },
  )

  it.each([
    [{ title: '' }, 'title: some words'],
    [{ title: 'a\nb' }, 'title: one line of 200'],
    [{ title: '\x1b]0;x\x07' }, 'title: one line of 200'],
    [{ title: 'x', kind: 'wish' }, 'kind: '],
    [{ title: 'x', note: 'x'.repeat(4001) }, 'note: 4000 characters'],
    [{ title: 'x', estimateMinutes: 0.5 }, 'estimateMinutes: '],
    [{ title: 'x', raisedAt: '2999-01-01T00:00:00Z' }, 'raisedAt: must not be in the future'],
    [{ title: 'x', raisedAt: 'yesterday' }, 'raisedAt: '],
  ])('refuses %j and says which member is wrong', async (words, detail) => {
    const answer = await post('admin', '/tasks', { client: 'acme', ...words })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().detail).toContain(detail)
  })

  it('closes and reopens, once each', async () => {
    const closed = await post('owner', '/tasks/ACME-1/close')
    expect(closed.json()).toMatchObject({ status: 'closed', closedBy: 'client:acme', closedAt: expect.any(String) })
    const again = await post('engineer', '/tasks/ACME-1/close')
    expect([again.statusCode, again.json().detail]).toEqual([409, 'task ACME-1 is closed already'])
    expect(await numbers('owner', '?status=open')).toEqual([])
    expect(await numbers('owner', '?status=closed')).toEqual(['ACME-1'])
    expect((await post('admin', '/tasks/ACME-1/reopen')).json()).toMatchObject({ status: 'open', closedAt: null })
  })

  it('pages by cursor, newest first', async () => {
    for (const title of ['two', 'three', 'four']) {
      installed().clock.pass(1)
      await post('admin', '/tasks', { client: 'acme', title })
    }
    const first = await get('owner', '/tasks?limit=3')
    const rest = await get('owner', `/tasks?limit=3&cursor=${first.nextCursor}`)
    const titles = [...first.items, ...rest.items].map(({ title }: { title: string }) => title)
    expect(titles).toEqual(['four', 'three', 'two', 'The shop is down'])
    expect(rest.nextCursor).toBeNull()
  })

  it('filters sessions by their task', async () => {
    const house = installed()
    await house.stores.sessions.setPurpose(house.sessions.ended, { task: 'ACME-2' })
    const ids = async (person: Person, task: string) =>
      (await get(person, `/sessions?task=${task}`)).items.map(({ id }: { id: string }) => id)
    expect(await ids('owner', 'acme-2')).toEqual([house.sessions.ended])
    expect(await ids('owner', 'ACME-1')).toEqual([])
    expect(await ids('stranger', 'ACME-2')).toEqual([])
  })
})
