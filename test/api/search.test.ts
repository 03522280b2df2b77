import { beforeAll, describe, expect, it, vi } from 'vitest'
import { commandPage, searchPage } from '#shared/search.ts'
import { Indexer } from '#gateway/recording/search/indexer.ts'
import { TEST_GATEWAY } from '#test/harness/signing.ts'
import { asked, people, type Person, sharedInstallation } from './installation.ts'
import { addOutput } from './recorded-session.ts'

const installed = sharedInstallation()
beforeAll(async () => {
  const { stores } = installed()
  const indexer = new Indexer({
    gatewayId: TEST_GATEWAY,
    records: stores.records,
    index: stores.searchIndex,
    log: () => {},
  })
  await indexer.caughtUp()
  await indexer.stop(5000)
})

async function get(person: Person, url: string) {
  const { api, signIn } = installed()
  return api.inject(asked('GET', url, await signIn(person)))
}

describe('GET /search', () => {
  it.each(people)('shows %s only what they may see', async (person) => {
    const { sessions } = installed()
    const answer = await get(person, '/search?text=notes')
    const sees = ['admin', 'auditor', 'engineer', 'owner', 'viewer'].includes(person)
    const found = searchPage.parse(answer.json()).items
    expect(found.map(({ session, text }) => [session, text])).toEqual(sees ? [[sessions.ended, 'notes']] : [])
    // Asking for somebody else's work by name gets no further.
    for (const filter of ['client=acme', 'staff=engineer', 'client=acme&staff=engineer&target=web1.acme']) {
      const narrowed = await get(person, `/search?text=notes&${filter}`)
      expect(searchPage.parse(narrowed.json()).items).toHaveLength(sees ? 1 : 0)
    }
  })

  it('leads to the moment at which it was shown', async () => {
    const { sessions } = installed()
    const [hit] = searchPage.parse((await get('auditor', '/search?text=up%203%20days')).json()).items
    expect(hit).toMatchObject({ channel: 1, in: 'output', at: '2026-11-23T10:00:00.600Z', atUs: 600_000 })
    expect(hit?.url).toBe(`http://localhost:8080/sessions/${sessions.ended}?channel=1&t=0.6`)
  })

  it('shows nothing of a session before the audit trail has who sees it', async () => {
    const { stores, sessions, clock } = installed()
    clock.pass(11 * 60_000)
    const views = async () =>
      (await stores.auditTrail.list({ action: 'session.view', actor: 'client:acme', limit: 100 })).length
    const before = await views()
    await get('owner', '/search?text=not')
    await get('owner', `/sessions/${sessions.ended}/commands`)
    expect(await views()).toBe(before + 1)
    clock.pass(11 * 60_000)
    using _away = vi.spyOn(stores.auditTrail, 'add').mockRejectedValue(new Error('away'))
    for (const url of ['/search?text=notes', `/sessions/${sessions.ended}/commands`]) {
      const answer = await get('auditor', url)
      expect([answer.statusCode, answer.body.includes('notes')]).toEqual([500, false])
    }
  })

  it('pages by cursor to the end', async () => {
    const all = searchPage.parse((await get('admin', '/search?text=upt')).json()).items
    expect(all.map((hit) => hit.in)).toEqual(['commands'])
    const one = searchPage.parse((await get('admin', '/search?text=ls%20&limit=1')).json())
    expect(one.nextCursor).toBeNull()
    const first = searchPage.parse((await get('admin', '/search?text=not&limit=1')).json())
    expect(first.items).toHaveLength(1)
    const cursor = `${installed().sessions.ended}_0_2005000_output_0_2`
    const next = await get('admin', `/search?text=notes&cursor=${cursor}`)
    expect(searchPage.parse(next.json()).items).toEqual([])
  })

  it.each(['', 'ab', 'a%00b', 'a%0Ab', 'x'.repeat(201)])('refuses the text %j', async (text) => {
    expect((await get('admin', `/search?text=${text}`)).statusCode).toBe(400)
  })
})

describe('GET /sessions/{id}/commands', () => {
  it('lists what was typed and what was executed', async () => {
    const { sessions } = installed()
    const page = commandPage.parse((await get('viewer', `/sessions/${sessions.ended}/commands`)).json())
    expect(page).toMatchObject({
      items: [
        { channel: 0, number: 1, atUs: 2_000_000, text: 'ls', source: 'screen', exitStatus: null },
        { channel: 1, number: 0, atUs: 500_100, text: 'uptime', source: 'exec' },
      ],
      nextCursor: null,
      notRead: [],
    })
    const first = commandPage.parse((await get('admin', `/sessions/${sessions.ended}/commands?limit=1`)).json())
    const rest = await get('admin', `/sessions/${sessions.ended}/commands?limit=1&cursor=${first.nextCursor}`)
    expect([...first.items, ...commandPage.parse(rest.json()).items]).toEqual(page.items)
  })

  it('names the channels of a live session that are not read yet, and reads none before its end', async () => {
    const { sessions, stores } = installed()
    await addOutput(stores, sessions.live, 'more\r\n')
    const page = commandPage.parse((await get('admin', `/sessions/${sessions.live}/commands`)).json())
    expect(page).toEqual({ items: [], nextCursor: null, notRead: [0, 1] })
  })
})
