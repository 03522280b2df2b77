import { expect, it } from 'vitest'
import { testDatabase } from '#test/harness/database.ts'
import { builtProgram } from '#test/harness/gateway-process.ts'
import { fuzz, runs } from './fuzz.ts'

/** Each way twice; `npm run fuzz` plays them for as long as one likes, by any seed. */
const RUNS = 2 * runs.length

it('hostile clients and targets end nothing but their own connections', { timeout: 300_000 }, async () => {
  await using database = await testDatabase()
  const { played, ended } = await fuzz({
    program: await builtProgram(),
    databaseUrl: database.url,
    seed: 1,
    goOn: (count) => count < RUNS,
  })
  expect(played).toBe(RUNS)
  expect(ended).toBeGreaterThan(0)
})
