import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { fingerprint } from '#gateway/access/fingerprint.ts'
import { PostgresClientStore } from '#gateway/storage/client-store.ts'
import type { Database } from '#gateway/storage/database.ts'
import { PostgresGrantStore } from '#gateway/storage/grant-store.ts'
import { PostgresStaffStore } from '#gateway/storage/staff-store.ts'
import { PostgresSupportKeyStore } from '#gateway/storage/support-key-store.ts'
import { PostgresTargetStore } from '#gateway/storage/target-store.ts'
import { testDatabase } from '#test/harness/database.ts'
import { sampleAccess, sampleKey } from './sample-access.ts'

async function auditTrail(database: Database): Promise<string[]> {
  const { rows } = await database.read((queries) =>
    queries.execute<{ line: string }>(
      sql`select concat_ws(' ', actor, action, subject) as line from audit_event order by id`,
    ),
  )
  return rows.map(({ line }) => line)
}

describe('clients', () => {
  it('are found by slug and id, changed in part, and refused twice under one slug', async () => {
    await using test = await testDatabase()
    const clients = new PostgresClientStore(test.database)
    const acme = await clients.add({ slug: 'acme', name: 'Acme', zone: 'UTC', language: 'en' }, 'operator')
    expect(await clients.bySlug('acme')).toEqual(acme)
    expect(await clients.byId(acme.id)).toEqual(acme)
    expect(await clients.set('acme', { zone: 'Asia/Tokyo' }, 'staff:ivan')).toEqual({ ...acme, zone: 'Asia/Tokyo' })
    await expect(
      clients.add({ slug: 'acme', name: 'Other', zone: 'UTC', language: 'en' }, 'operator'),
    ).rejects.toMatchObject({ code: 'already-exists', message: 'there is a client acme already' })
    await expect(clients.set('nobody', { name: 'N' }, 'operator')).rejects.toMatchObject({ code: 'not-found' })
    expect(await auditTrail(test.database)).toEqual([
      'operator client.add client:acme',
      'staff:ivan client.set client:acme',
    ])
  })
})

describe('targets', () => {
  it('can be added again under the name of a removed one', async () => {
    await using test = await testDatabase()
    const { target } = await sampleAccess(test.database)
    const targets = new PostgresTargetStore(test.database)
    const again = { ...target, sealedPassword: Buffer.from('sealed') }
    await expect(targets.add(again, 'operator')).rejects.toMatchObject({ code: 'already-exists' })
    await targets.remove(target, 'operator')
    expect(await targets.list()).toEqual([])
    await expect(targets.remove(target, 'operator')).rejects.toMatchObject({ code: 'not-found' })
    const second = await targets.add(again, 'operator')
    expect(second.id).not.toBe(target.id)
    expect(await targets.byName('web1', 'acme')).toEqual(second)
    expect(await targets.sealedPassword(second.id)).toEqual(Buffer.from('sealed'))
  })

  it('change in part, and keep a password that the change does not name', async () => {
    await using test = await testDatabase()
    const { target } = await sampleAccess(test.database)
    const targets = new PostgresTargetStore(test.database)
    await targets.set(target, { sealedPassword: Buffer.from('sealed') }, 'operator')
    const changed = await targets.set(target, { reach: { kind: 'local-shell' }, logins: [] }, 'operator')
    expect(changed).toEqual({ ...target, reach: { kind: 'local-shell' }, logins: [] })
    expect(await targets.sealedPassword(target.id)).toEqual(Buffer.from('sealed'))
    await targets.set(target, { sealedPassword: undefined }, 'operator')
    expect(await targets.sealedPassword(target.id)).toBeUndefined()
  })

  it('trust exactly the host keys they were given last', async () => {
    await using test = await testDatabase()
    const { target } = await sampleAccess(test.database)
    const targets = new PostgresTargetStore(test.database)
    const [first, second] = [sampleKey(), sampleKey()]
    await targets.trust(target.id, [first], 'operator')
    await targets.trust(target.id, [second], 'staff:ivan')
    expect(await targets.hostKeys(target.id)).toEqual([
      { type: second.type, blob: second.blob, trustedAt: expect.any(Date), trustedBy: 'staff:ivan' },
    ])
  })
})

describe('staff', () => {
  it('are known by a key that belongs to one person only', async () => {
    await using test = await testDatabase()
    const { staff } = await sampleAccess(test.database)
    const people = new PostgresStaffStore(test.database)
    const key = sampleKey('laptop')
    await people.addKey(staff.id, key, 'operator')
    const fingerprints = [...staff.fingerprints, fingerprint(key.blob)]
    expect(await people.byKey(key.blob)).toEqual({ ...staff, fingerprints: expect.arrayContaining(fingerprints) })
    const petr = { login: 'petr', name: 'Petr', email: 'petr@example.org', roles: ['admin' as const] }
    await expect(people.add(petr, [key], 'operator')).rejects.toMatchObject({ code: 'already-exists' })
    expect(await people.byLogin('petr')).toBeUndefined()
    await expect(people.addKey(staff.id, key, 'operator')).rejects.toMatchObject({ code: 'already-exists' })
    await people.removeKey(staff.id, fingerprint(key.blob), 'operator')
    expect(await people.byKey(key.blob)).toBeUndefined()
    await expect(people.removeKey(staff.id, fingerprint(key.blob), 'operator')).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('stay known when disabled, since their first disabling, and can be enabled again', async () => {
    await using test = await testDatabase()
    await sampleAccess(test.database)
    const people = new PostgresStaffStore(test.database)
    const { disabledAt } = await people.setDisabled('ivan', true, 'operator')
    expect(disabledAt).toBeInstanceOf(Date)
    expect((await people.setDisabled('ivan', true, 'operator')).disabledAt).toEqual(disabledAt)
    expect((await people.setDisabled('ivan', false, 'operator')).disabledAt).toBeUndefined()
  })

  it('remember when a key was last used', async () => {
    await using test = await testDatabase()
    const { staff } = await sampleAccess(test.database)
    const people = new PostgresStaffStore(test.database)
    const [before] = await people.keys(staff.id)
    expect(before).toMatchObject({ comment: 'a key', lastUsedAt: undefined })
    await people.keyUsed(before?.blob ?? Buffer.alloc(0))
    expect((await people.keys(staff.id))[0]?.lastUsedAt).toBeInstanceOf(Date)
  })
})

describe('support keys', () => {
  it('move by the table of states, and lose the private half for good when revoked', async () => {
    await using test = await testDatabase()
    const { client } = await sampleAccess(test.database)
    const keys = new PostgresSupportKeyStore(test.database)
    const issued = await keys.issue(client.id, Buffer.from('public'), Buffer.from('sealed'), 'operator')
    await expect(keys.issue(client.id, Buffer.from('p'), Buffer.from('s'), 'operator')).rejects.toMatchObject({
      code: 'conflict',
    })
    expect(await keys.move(client.id, 'pause', 'client:acme')).toMatchObject({
      state: 'paused',
      changedBy: 'client:acme',
    })
    await expect(keys.move(client.id, 'pause', 'operator')).rejects.toMatchObject({ code: 'conflict' })
    expect(await keys.sealedPrivate(issued.id)).toEqual(Buffer.from('sealed'))
    await keys.move(client.id, 'revoke', 'operator')
    expect(await keys.sealedPrivate(issued.id)).toBeUndefined()
    const next = await keys.issue(client.id, Buffer.from('next'), Buffer.from('sealed'), 'operator')
    expect(await keys.current(client.id)).toEqual(next)
    expect((await auditTrail(test.database)).filter((line) => line.includes('support-key'))).toEqual([
      'operator support-key.issue client:acme',
      'client:acme support-key.pause client:acme',
      'operator support-key.revoke client:acme',
      'operator support-key.issue client:acme',
    ])
  })

  it('are issued once when two ask at the same time', async () => {
    await using test = await testDatabase()
    const { client } = await sampleAccess(test.database)
    const keys = new PostgresSupportKeyStore(test.database)
    const asked = ['one', 'other'].map((name) => keys.issue(client.id, Buffer.from(name), Buffer.from('s'), 'operator'))
    const outcomes = await Promise.allSettled(asked)
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })
})

describe('grants', () => {
  it('are listed with names, revoked once, and unknown ones refused', async () => {
    await using test = await testDatabase()
    const { client, target, staff } = await sampleAccess(test.database)
    const grants = new PostgresGrantStore(test.database)
    const until = new Date('2026-12-01T00:00:00.000Z')
    const one = await grants.add({ staffId: staff.id, clientId: client.id, targetId: target.id, until }, 'operator')
    expect(await grants.list()).toEqual([{ ...one, staffLogin: 'ivan', clientSlug: 'acme', targetName: 'web1' }])
    await grants.revoke(one.id, 'staff:petr')
    const [revoked] = await grants.list()
    await grants.revoke(one.id, 'staff:petr')
    expect(await grants.list()).toEqual([revoked])
    expect((await auditTrail(test.database)).filter((line) => line.includes('grant'))).toEqual([
      'operator grant.add target:web1.acme',
      'staff:petr grant.revoke target:web1.acme',
    ])
    await expect(grants.revoke('17', 'operator')).rejects.toMatchObject({ code: 'not-found' })
  })
})
