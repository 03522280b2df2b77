import { z } from 'zod'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { searchHit, sessionCommand } from '#shared/search.ts'
import { Indexer } from '#gateway/recording/search/indexer.ts'
import { recordSession } from '#test/api/recorded-session.ts'
import { TEST_GATEWAY } from '#test/harness/signing.ts'
import { sampleAccess } from '#test/storage/sample-access.ts'
import { installation } from './installation.ts'

let home: Awaited<ReturnType<typeof installation>>
let id: string
beforeAll(async () => {
  home = await installation()
  const access = await sampleAccess(home.database)
  id = await recordSession(home.stores, { ...access, startedAt: new Date('2026-11-23T12:00:00Z'), endedAfterS: 120 })
})
afterAll(() => home[Symbol.asyncDispose]())

/** As a running gateway does it. */
async function read(): Promise<void> {
  const { records, searchIndex: index } = home.stores
  const indexer = new Indexer({ gatewayId: TEST_GATEWAY, records, index, log: () => {} })
  await indexer.caughtUp()
  await indexer.stop(5000)
}

it('lists the same commands before the gateway has read the channels and after', async () => {
  const before = z.array(sessionCommand).parse(await home.json(`session commands ${id}`))
  expect(before.map(({ text, source, channel }) => [text, source, channel])).toEqual([
    ['uptime', 'exec', 1],
    ['ls', 'screen', 0],
  ])
  await read()
  expect(await home.stores.searchIndex.notRead(id)).toEqual([])
  expect(await home.json(`session commands ${id}`)).toEqual(before)
  expect((await home.gatebook(`session commands ${id}`)).out).toMatch(/0:02\.000 .* screen +- +ls\n/)
})

it('finds what was shown, run and typed, with a link to the moment', async () => {
  await read()
  const [hit] = z.array(searchHit).parse(await home.json('search NOTES'))
  expect(hit).toMatchObject({ session: id, in: 'output', text: 'notes', at: '2026-11-23T12:00:02.005Z' })
  expect(hit?.url).toBe(`http://localhost:8080/sessions/${id}?channel=0&t=2.0`)
  expect(await home.json('search notes --in commands')).toEqual([])
  expect(await home.json('search uptime --in commands --client acme --target web1.acme')).toHaveLength(1)
  const { out, err } = await home.gatebook(['search', 'up 3 days', '--limit', '1'])
  expect(out).toContain('up 3 days')
  expect(err).toBe('')
})

it.each([
  ['search ab', /^gatebook: <text> ab: search for at least 3 characters; .*--help/],
  ['search notes --in files', /--in takes one of output, commands, keys, not files/],
  ['search', /<text> is missing/],
])('%s is wrong usage', async (words, refusal) => {
  const { err, status } = await home.gatebook(words)
  expect(err).toMatch(refusal)
  expect(status).toBe(2)
})

it('names the client that comes nearest', async () => {
  const { err, status } = await home.gatebook('search notes --client acne')
  expect([status, err]).toEqual([1, expect.stringContaining('acme')])
})
