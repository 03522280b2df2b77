import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { PostgresSignInStore } from '#gateway/storage/sign-in-store.ts'
import { PostgresStaffStore } from '#gateway/storage/staff-store.ts'
import { testDatabase } from '#test/harness/database.ts'
import { sampleAccess } from './sample-access.ts'

const now = new Date('2026-11-23T12:00:00.000Z')
const later = new Date(now.getTime() + 60_000)

it('a link signs in once, also when two redeem it at the same time', async () => {
  await using test = await testDatabase()
  const { client } = await sampleAccess(test.database)
  const signIns = new PostgresSignInStore(test.database)
  const principal = { kind: 'client-user', clientId: client.id, role: 'owner' } as const
  const token = randomBytes(32)
  await signIns.addLink(token, principal, later)
  const redeemed = await Promise.all([signIns.redeemLink(token, now), signIns.redeemLink(token, now)])
  expect(redeemed.filter((one) => one !== undefined)).toEqual([principal])
})

it.each([
  { past: -1, works: true },
  { past: 0, works: false },
])('a link and a session of the pages $past ms after their end: works $works', async ({ past, works }) => {
  await using test = await testDatabase()
  const { staff } = await sampleAccess(test.database)
  const signIns = new PostgresSignInStore(test.database)
  const principal = { kind: 'staff', staffId: staff.id } as const
  const [token, id] = [randomBytes(32), randomBytes(32)]
  await signIns.addLink(token, principal, later)
  await signIns.addWebSession(id, principal, later)
  const then = new Date(later.getTime() + past)
  expect(await signIns.webSession(id, then)).toEqual(works ? principal : undefined)
  expect(await signIns.redeemLink(token, then)).toEqual(works ? principal : undefined)
})

it('a disabled person is neither signed in nor stays so, and being enabled again changes nothing of that', async () => {
  await using test = await testDatabase()
  const { staff } = await sampleAccess(test.database)
  const signIns = new PostgresSignInStore(test.database)
  const principal = { kind: 'staff', staffId: staff.id } as const
  const [token, id] = [randomBytes(32), randomBytes(32)]
  await signIns.addLink(token, principal, later)
  await signIns.addWebSession(id, principal, later)
  const people = new PostgresStaffStore(test.database)
  for (const disabled of [true, false]) {
    await people.setDisabled('ivan', disabled, 'operator')
    expect(await signIns.webSession(id, now)).toBeUndefined()
  }
  expect(await signIns.redeemLink(token, now)).toBeUndefined()
})

it('an ended session of the pages is over', async () => {
  await using test = await testDatabase()
  const { staff } = await sampleAccess(test.database)
  const signIns = new PostgresSignInStore(test.database)
  const id = randomBytes(32)
  await signIns.addWebSession(id, { kind: 'staff', staffId: staff.id }, later)
  await signIns.endWebSession(id)
  expect(await signIns.webSession(id, now)).toBeUndefined()
})
