import { sql } from 'drizzle-orm'
import { isDeepStrictEqual } from 'node:util'
import { expect, it } from 'vitest'
import { defaultPolicy } from '#gateway/access/policy.ts'
import { ACCESS_CHANGED, PostgresAccessSource } from '#gateway/storage/access-source.ts'
import type { Database } from '#gateway/storage/database.ts'
import { PostgresGrantStore } from '#gateway/storage/grant-store.ts'
import { PostgresClientStore } from '#gateway/storage/client-store.ts'
import { NoticeListener } from '#gateway/storage/notice-listener.ts'
import { PostgresStaffStore } from '#gateway/storage/staff-store.ts'
import { PostgresSupportKeyStore } from '#gateway/storage/support-key-store.ts'
import { PostgresTargetStore } from '#gateway/storage/target-store.ts'
import { testDatabase } from '#test/harness/database.ts'
import { sampleAccess, sampleKey } from './sample-access.ts'

/** A source whose safety net never comes into play, unless it is what is tested. */
async function openSource(database: Database, safetyNetMs = 3_600_000) {
  const notices = await NoticeListener.open({ url: database.url, channel: ACCESS_CHANGED, safetyNetMs })
  const source = new PostgresAccessSource(database, notices, defaultPolicy)
  let calls = 0
  let next = () => {}
  source.onChange(() => {
    calls += 1
    next()
  })
  return {
    source,
    calls: () => calls,
    called: () => new Promise<void>((resolve) => (next = resolve)),
    [Symbol.asyncDispose]: () => notices.close(),
  }
}

const byId = (one: { id: string }, other: { id: string }) => one.id.localeCompare(other.id)

it('gives everything that a decision rests on, in one piece', async () => {
  await using test = await testDatabase()
  const { client, target, staff } = await sampleAccess(test.database)
  await using opened = await openSource(test.database)
  const { source } = opened
  const bare = { staff, client, target, targetRemoved: false, supportKey: undefined, grants: [], policy: defaultPolicy }
  expect(await source.facts(staff.id, target.id)).toEqual(bare)

  const grants = new PostgresGrantStore(test.database)
  const whole = { staffId: staff.id, clientId: client.id, targetId: undefined, until: undefined }
  const [one, other] = [await grants.add(whole, 'operator'), await grants.add(whole, 'operator')]
  const keys = new PostgresSupportKeyStore(test.database)
  await keys.issue(client.id, Buffer.from('old'), Buffer.from('sealed'), 'operator')
  await keys.move(client.id, 'revoke', 'operator')
  const key = await keys.issue(client.id, Buffer.from('new'), Buffer.from('sealed'), 'operator')
  await new PostgresTargetStore(test.database).remove(target, 'operator')
  expect(await source.facts(staff.id, target.id)).toEqual({
    ...bare,
    targetRemoved: true,
    supportKey: { id: key.id, state: 'active', changedBy: 'operator' },
    grants: expect.toSatisfy((given: { id: string }[]) =>
      isDeepStrictEqual(given.toSorted(byId), [one, other].toSorted(byId)),
    ),
  })
  expect(await source.facts(staff.id, client.id)).toBeUndefined()
})

it('gives the policy of the target: its own entries, else those of the client, else the default', async () => {
  await using test = await testDatabase()
  const { client, target, staff } = await sampleAccess(test.database)
  await using opened = await openSource(test.database)
  const clients = new PostgresClientStore(test.database)
  const targets = new PostgresTargetStore(test.database)
  const heard = opened.called()
  await clients.set(client.slug, { policy: { idleEndS: 900, idleCountsOutput: true } }, 'operator')
  await heard
  await targets.set(target, { policy: { idleEndS: 60 } }, 'operator')
  const facts = await opened.source.facts(staff.id, target.id)
  expect(facts?.policy).toEqual({ ...defaultPolicy, idleEndS: 60, idleCountsOutput: true })
})

it('says that a policy with an unknown member cannot be read', async () => {
  await using test = await testDatabase()
  const { target, staff } = await sampleAccess(test.database)
  await using opened = await openSource(test.database)
  for (const [table, whose] of [
    ['target', 'target web1.acme'],
    ['client', 'client acme'],
  ]) {
    await test.database.change((tx) =>
      tx.execute(sql`update ${sql.identifier(table!)} set policy = '{"fourEyes": true}'`),
    )
    const facts = await opened.source.facts(staff.id, target.id)
    expect(facts?.policy).toEqual({ unreadable: expect.stringContaining(whose!) })
  }
})

it('hears on another connection of every change of access, and of no login', async () => {
  await using test = await testDatabase()
  const { client, target, staff } = await sampleAccess(test.database)
  await using opened = await openSource(test.database)
  const people = new PostgresStaffStore(test.database)
  const keys = new PostgresSupportKeyStore(test.database)
  const key = sampleKey()
  const changes = [
    () => keys.issue(client.id, Buffer.from('public'), Buffer.from('sealed'), 'operator'),
    () => keys.move(client.id, 'pause', 'operator'),
    () => people.addKey(staff.id, key, 'operator'),
    () => people.setDisabled('ivan', true, 'operator'),
    () => new PostgresTargetStore(test.database).remove(target, 'operator'),
  ]
  for (const change of changes) {
    const heard = opened.called()
    await change()
    await heard
  }
  const before = opened.calls()
  await people.keyUsed(key.blob)
  const heard = opened.called()
  await people.setDisabled('ivan', false, 'operator')
  await heard
  expect(opened.calls()).toBe(before + 1)
})

it('calls back after a lost connection came back', async () => {
  await using test = await testDatabase()
  await using opened = await openSource(test.database)
  const heard = opened.called()
  await test.database.read((queries) =>
    queries.execute(sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'gatebook notices' and datname = current_database()
    `),
  )
  await heard
  const again = opened.called()
  await sampleAccess(test.database)
  await again
})

it('calls back now and then without any word from the database', async () => {
  await using test = await testDatabase()
  await using opened = await openSource(test.database, 1)
  await opened.called()
})

it('gives the facts of every target at whose client a person has a grant, with all grants of each', async () => {
  await using test = await testDatabase()
  const { client, target, staff } = await sampleAccess(test.database)
  await using opened = await openSource(test.database)
  const { source } = opened
  expect(await source.grantedFacts(staff.id)).toEqual([])
  const targets = new PostgresTargetStore(test.database)
  const { id: _id, clientId: _clientId, ...like } = target
  const [db, gone] = [
    await targets.add({ ...like, name: 'db1', sealedPassword: undefined }, 'operator'),
    await targets.add({ ...like, name: 'gone', sealedPassword: undefined }, 'operator'),
  ]
  await targets.remove(gone, 'operator')
  const grants = new PostgresGrantStore(test.database)
  const whole = { staffId: staff.id, clientId: client.id, targetId: undefined, until: undefined }
  const ids = [(await grants.add(whole, 'operator')).id, (await grants.add(whole, 'operator')).id].toSorted()
  const given = await source.grantedFacts(staff.id)
  expect(given.map((facts) => facts.target)).toEqual([db, target])
  for (const facts of given) {
    expect(facts).toMatchObject({ staff, client, targetRemoved: false, supportKey: undefined })
    expect(facts.grants.map(({ id }) => id).toSorted()).toEqual(ids)
  }
})
