import { expect, it } from 'vitest'
import { PostgresRecordStore } from '#gateway/storage/record-store.ts'
import { PostgresSessionStore } from '#gateway/storage/session-store.ts'
import { testDatabase } from '#test/harness/database.ts'
import { sampleAccess, sampleSession } from './sample-access.ts'
import { batch, closing } from './sample-batch.ts'

it('lists sessions newest first, page by page, also those that started in the same millisecond', async () => {
  await using test = await testDatabase()
  const access = await sampleAccess(test.database)
  for (const second of [1, 2, 2, 2, 3]) {
    await sampleSession(test.database, access, { startedAt: new Date(Date.UTC(2026, 10, 23, 12, 0, second)) })
  }
  const sessions = new PostgresSessionStore(test.database)
  const all = await sessions.list({ limit: 10 })
  expect(all.map(({ startedAt }) => startedAt.getUTCSeconds())).toEqual([3, 2, 2, 2, 1])
  const first = await sessions.list({ limit: 2 })
  const rest = await sessions.list({ limit: 10, after: first.at(-1)?.id ?? '' })
  expect([...first, ...rest]).toEqual(all)
})

it('filters by client, staff, target, time and life', async () => {
  await using test = await testDatabase()
  const access = await sampleAccess(test.database)
  const { id, startedAt } = await sampleSession(test.database, access)
  const sessions = new PostgresSessionStore(test.database)
  const ids = async (filter: object) => (await sessions.list({ limit: 10, ...filter })).map((one) => one.id)
  const after = new Date(startedAt.getTime() + 1)
  for (const hit of [
    { client: 'acme' },
    { staff: 'ivan' },
    { target: 'web1.acme' },
    { from: startedAt },
    { to: after },
    { liveOnly: true },
  ]) {
    expect(await ids(hit)).toEqual([id])
  }
  for (const miss of [
    { client: 'other' },
    { staff: 'petr' },
    { target: 'web2.acme' },
    { from: after },
    { to: startedAt },
    { after: 'x' },
  ]) {
    expect(await ids(miss)).toEqual([])
  }
  await new PostgresRecordStore(test.database).append(batch({ closings: [closing(id)] }))
  expect(await ids({ liveOnly: true })).toEqual([])
})

it('shows a session with its names and its task, and nothing for an unknown id', async () => {
  await using test = await testDatabase()
  const opening = await sampleSession(test.database, await sampleAccess(test.database))
  const sessions = new PostgresSessionStore(test.database)
  await sessions.setPurpose(opening.id, { task: 'ACME-17' })
  await sessions.setPurpose(opening.id, { reason: 'restart\0' })
  expect(await sessions.show(opening.id)).toEqual({
    id: opening.id,
    client: 'acme',
    target: 'web1.acme',
    login: 'root',
    staff: 'ivan',
    task: 'ACME-17',
    reason: 'restart\uFFFD',
    sourceAddress: '192.0.2.7',
    startedAt: opening.startedAt,
    endedAt: undefined,
    state: 'live',
    endReason: undefined,
    lengthUs: 0,
    channels: 0,
    keystrokes: 0,
    bytesIn: 0,
    bytesOut: 0,
    exitStatus: undefined,
    exitSignal: undefined,
  })
  expect(await sessions.show('17')).toBeUndefined()
  expect(await sessions.channels('17')).toEqual([])
  expect(await sessions.show(opening.clientId)).toBeUndefined()
})

it('knows when a person last began to work on each target', async () => {
  await using test = await testDatabase()
  const access = await sampleAccess(test.database)
  const sessions = new PostgresSessionStore(test.database)
  expect(await sessions.lastByTarget(access.staff.id)).toEqual(new Map())
  const last = new Date('2026-11-23T12:00:02Z')
  for (const startedAt of [new Date('2026-11-23T12:00:01Z'), last, new Date('2026-11-23T12:00:00Z')]) {
    await sampleSession(test.database, access, { startedAt })
  }
  expect(await sessions.lastByTarget(access.staff.id)).toEqual(new Map([[access.target.id, last]]))
  expect(await sessions.lastByTarget(access.client.id)).toEqual(new Map())
})
