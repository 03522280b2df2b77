import { expect, it } from 'vitest'
import { PostgresRecordStore } from '#gateway/storage/record-store.ts'
import { PostgresSessionStore } from '#gateway/storage/session-store.ts'
import { PostgresWorkedSessionSource } from '#gateway/storage/worked-session-source.ts'
import { testDatabase } from '#test/harness/database.ts'
import { sampleAccess, sampleSession } from './sample-access.ts'
import { batch, change, closing } from './sample-batch.ts'

const startedAt = new Date('2026-11-30T23:59:00.000Z')
const lengthUs = 120_000_000

async function recordedSession() {
  const test = await testDatabase()
  const { id } = await sampleSession(test.database, await sampleAccess(test.database), { startedAt })
  const channels = [
    change(id, { channel: 0, kind: 'shell', openedUs: 0, lastUs: lengthUs }),
    change(id, { channel: 1, kind: 'exec', openedUs: 7_000_999, lastUs: 8_000_000 }),
    change(id, { channel: 2, kind: 'subsystem', openedUs: 3_000_000, lastUs: 8_000_000 }),
  ]
  const run = { sessionId: id, channel: 0, deltasUs: [0, 1_500_000], lengths: [1, 1], bytes: Buffer.from('ls') }
  const runs = [
    { ...run, seq: 0, fromUs: 5_000_500 },
    { ...run, seq: 2, fromUs: 60_000_000 },
  ]
  const records = new PostgresRecordStore(test.database)
  await records.append(batch({ runs, channels }))
  return { test, id, records, sessions: new PostgresSessionStore(test.database) }
}

it('gives the keystrokes and commands of a session as its marks, in order', async () => {
  const { test, id, records, sessions } = await recordedSession()
  await using _ = test
  await sessions.setPurpose(id, { task: 'ACME-17' })
  const source = new PostgresWorkedSessionSource(test.database)
  const month = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }
  const expected = {
    id,
    client: 'acme',
    zone: 'Europe/Moscow',
    staff: 'ivan',
    target: 'web1.acme',
    task: 'ACME-17',
    startedAt,
    lengthMs: 120_000,
    live: true,
    endedAt: undefined,
    marksMs: [3000, 5000, 6500, 7000, 60_000, 61_500],
  }
  expect(await source.workedSessions(month)).toEqual([expected])
  await records.append(batch({ closings: [closing(id, { state: 'interrupted', lengthUs })] }))
  expect(await source.workedSessions({ ...month, client: 'acme', staff: 'ivan' })).toEqual([
    { ...expected, live: false },
  ])
  expect(await source.workedSessions({ ...month, client: 'other' })).toEqual([])
  expect(await source.workedSessions({ ...month, staff: 'petr' })).toEqual([])
})

it.each([
  { from: '2026-12-01T00:01:00.000Z', to: '2027-01-01T00:00:00.000Z', found: 1 },
  { from: '2026-12-01T00:01:00.001Z', to: '2027-01-01T00:00:00.000Z', found: 0 },
  { from: '2026-11-01T00:00:00.000Z', to: '2026-11-30T23:59:00.001Z', found: 1 },
  { from: '2026-11-01T00:00:00.000Z', to: '2026-11-30T23:59:00.000Z', found: 0 },
])('finds $found sessions from $from to $to', async ({ from, to, found }) => {
  const { test } = await recordedSession()
  await using _ = test
  const source = new PostgresWorkedSessionSource(test.database)
  expect(await source.workedSessions({ from: new Date(from), to: new Date(to) })).toHaveLength(found)
})

it('gives the wall clock of the end only where the gateway saw the end', async () => {
  const { test, id, records } = await recordedSession()
  await using _ = test
  const endedAt = new Date('2026-12-01T00:01:00.000Z')
  await records.append(batch({ closings: [closing(id, { endedAt, lengthUs })] }))
  const source = new PostgresWorkedSessionSource(test.database)
  expect(await source.workedSessions({ from: startedAt, to: endedAt })).toMatchObject([{ live: false, endedAt }])
})
