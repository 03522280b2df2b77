import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { searchParts } from '#gateway/recording/search/search-part.ts'
import type { SearchQuery } from '#gateway/session/session-search.ts'
import { PostgresSearchIndex } from '#gateway/storage/search-index-store.ts'
import { PostgresSessionSearch, searchStatement } from '#gateway/storage/session-search-store.ts'
import { testDatabase, type TestDatabase } from '#test/harness/database.ts'
import { sampleAccess, sampleSession } from './sample-access.ts'
import { syntheticSessions } from './synthetic-sessions.ts'

let test: TestDatabase
let access: Awaited<ReturnType<typeof sampleAccess>>
beforeAll(async () => {
  test = await testDatabase()
  access = await sampleAccess(test.database)
})
afterAll(() => test[Symbol.asyncDispose]())

const everywhere = { parts: searchParts, limit: 100 } as const

async function found(query: Partial<SearchQuery> & { text: string }): Promise<string[]> {
  const hits = await new PostgresSessionSearch(test.database).search({ ...everywhere, ...query })
  return hits.map(({ part, atUs, text }) => `${part} ${atUs} ${text}`)
}

/** A session with these lines and commands, a second apart. */
async function withText(
  lines: readonly string[],
  commands: readonly string[] = [],
  startedAt = '2026-11-23T12:00:00Z',
) {
  const { id } = await sampleSession(test.database, access, { startedAt: new Date(startedAt) })
  const place = { sessionId: id, channel: 0 }
  await new PostgresSearchIndex(test.database).add(place, {
    commands: commands.map((text, number) => ({
      number,
      atUs: number,
      endedUs: undefined,
      text,
      source: 'screen',
      exitStatus: undefined,
      directory: undefined,
    })),
    chunks: [{ part: 'output', number: 0, text: lines.join('\n'), linesUs: lines.map((_, at) => at * 1_000_000) }],
  })
  return id
}

it('finds each line in which the text stands, inside words and in any case, with its time', async () => {
  await withText(['nothing here', 'unZebrafinkish', 'again: ZEBRAFINK', 'zebra fink'])
  expect(await found({ text: 'zebrafink' })).toEqual([
    'output 1000000 unZebrafinkish',
    'output 2000000 again: ZEBRAFINK',
  ])
})

it.each([
  ['100%_sure', '100xysure'],
  ['C:\\temp\\new', 'C:temp new'],
  ['a_b_cat', 'axbxcat'],
  ["it's; drop", 'its drop'],
])('takes %s as it is written', async (text, other) => {
  await withText([`before ${text} behind`, other], [text, other])
  expect(await found({ text })).toEqual([`commands 0 ${text}`, `output 0 before ${text} behind`].toSorted())
})

it('gives the newest session first, page by page, every line once', async () => {
  for (const day of ['01', '03', '02'])
    await withText(['one pagefault', 'two pagefault'], ['pagefault'], `2026-10-${day}T12:00:00Z`)
  const search = new PostgresSessionSearch(test.database)
  const all = await search.search({ ...everywhere, text: 'pagefault' })
  expect(all.map(({ startedAt }) => startedAt.getUTCDate())).toEqual([3, 3, 3, 2, 2, 2, 1, 1, 1])
  const paged = []
  for (let last; paged.length < all.length; paged.push(last)) {
    const [next] = await search.search({ ...everywhere, limit: 1, text: 'pagefault', ...(last && { after: last }) })
    expect(next).toBeDefined()
    last = next!
  }
  expect(paged).toEqual(all)
  expect(await search.search({ ...everywhere, text: 'pagefault', after: all.at(-1)! })).toEqual([])
})

it('narrows by client, staff, target and date', async () => {
  await withText(['narrowgauge'], [], '2026-09-01T12:00:00Z')
  const text = 'narrowgauge'
  for (const inside of [
    { client: 'acme' },
    { staff: 'ivan' },
    { target: 'web1.acme' },
    { from: new Date('2026-09-01') },
  ]) {
    expect(await found({ text, ...inside })).toHaveLength(1)
  }
  for (const outside of [{ client: 'zeta' }, { staff: 'boris' }, { target: 'web1' }, { to: new Date('2026-09-01') }]) {
    expect(await found({ text, ...outside })).toEqual([])
  }
})

it('adds the same findings twice only once', async () => {
  const { id } = await sampleSession(test.database, access)
  const index = new PostgresSearchIndex(test.database)
  const findings = { commands: [], chunks: [{ part: 'keys', number: 0, text: 'doubletext', linesUs: [5] }] } as const
  await index.add({ sessionId: id, channel: 0 }, findings)
  await index.add({ sessionId: id, channel: 0 }, findings)
  expect(await found({ text: 'doubletext' })).toEqual(['keys 5 doubletext'])
})

it('finds a rare word among many sessions by the index', async () => {
  await syntheticSessions(test.database, access, 200)
  await withText(['the only xylophone far and wide'], ['xylophone --tune'])
  await test.database.read((queries) => queries.execute(sql`vacuum analyze command, session_text`))
  const statement = searchStatement({ ...everywhere, text: 'xylophone' })
  const plan = await test.database.read((queries) => queries.execute(sql`explain ${statement}`))
  const lines = plan.rows.map((row) => String(row['QUERY PLAN'])).join('\n')
  expect(lines).toMatch(/Bitmap Index Scan on session_text_default_text_idx/)
  expect(lines).toMatch(/Bitmap Index Scan on command_default_text_idx/)
  expect(lines).not.toMatch(/Seq Scan on (?:command|session_text)/)
  expect(await found({ text: 'xylophone' })).toHaveLength(2)
})
