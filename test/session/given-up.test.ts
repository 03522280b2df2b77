import { generateKeyPairSync } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { createSigner, publicKeyOf, readStatement, type Signer } from '#gateway/recording/seal/statement.ts'
import { appendToLog } from '#gateway/storage/session-log-store.ts'
import { addOutput } from '#test/api/recorded-session.ts'
import { dossierOf, dossierVerdict } from './exported-dossier.ts'
import { sealedWorld, type SealedWorld } from './sealed-world.ts'

/** A session that was closed as interrupted while its gateway was away. */
async function givenUp() {
  const world = await sealedWorld()
  const session = await world.record('2026-11-23T14:00:00Z')
  await world.interrupt(session)
  return Object.assign(world, { session })
}

/** Closes it again as it was closed, signed by somebody. */
async function closeAgain({ database, stores, session }: SealedWorld & { session: string }, by: Signer): Promise<void> {
  const { log } = await stores.sessionLog.statements(session)
  const payload = readStatement(log.at(-1)?.statement ?? '')?.payload ?? {}
  await database.change((tx) =>
    appendToLog(tx, { kind: 'closing', sessionId: session, statement: by.sign('closing', payload) }),
  )
}

it('a session that was given up goes on when its gateway delivers more, and each state of it verifies', async () => {
  const world = await givenUp()
  const { stores, session } = world
  expect(await world.verified(session)).toMatch(/^intact: interrupted, recovered/)
  await addOutput(stores, session, 'more\r\n')
  expect(await stores.sessions.show(session)).toMatchObject({ state: 'live', endReason: undefined, endedAt: undefined })
  expect(await world.verified(session)).toMatch(/^intact: still open, verified to 0:01:02/)
  const head = await world.signHead()
  expect(await dossierVerdict(await dossierOf(world, session), head)).toContain(`${session}  intact: interrupted`)
  // Signed of more than the archive holds: that ends with the closing.
  await world.checkpoint(session)
  expect(await dossierVerdict(await dossierOf(world, session), head)).toContain(`${session}  intact: interrupted`)
  await world.interrupt(session)
  expect(await stores.sessions.show(session)).toMatchObject({ state: 'interrupted', lengthUs: 72_000_000 })
  expect(await world.verified(session)).toMatch(/^intact: interrupted, recovered to 0:01:12/)
  const laterHead = await world.signHead()
  expect(await dossierVerdict(await dossierOf(world, session), laterHead)).toContain(`${session}  intact: interrupted`)
})

it('what was there when it was given up is covered by what was signed then', async () => {
  const world = await givenUp()
  await addOutput(world.stores, world.session, 'more\r\n')
  await world.alter(
    sql`delete from frame where session_id = ${world.session} and channel = 1`,
    sql`delete from event_salt where session_id = ${world.session} and channel = 1`,
    sql`delete from channel where session_id = ${world.session} and channel = 1`,
  )
  expect(await world.verified(world.session)).toMatch(/^altered: a channel is missing/)
})

it('nobody but its own gateway closes it again, and nobody what has ended', async () => {
  const world = await givenUp()
  const { privateKey } = generateKeyPairSync('ed25519')
  const stranger = createSigner(privateKey)
  const said = { gateway: 'gateway-2', key: publicKeyOf(privateKey), previous: null, at: '2026-11-01T00:00:00.000Z' }
  await world.stores.sessionLog.appendKey(stranger.sign('key', said))
  await closeAgain(world, world.key)
  expect(await world.verified(world.session)).toMatch(/^intact: interrupted/)
  await closeAgain(world, stranger)
  expect(await world.verified(world.session)).toMatch(/^altered: the log has it closed twice/)
  await closeAgain({ ...world, session: world.id }, world.key)
  expect(await world.verified()).toMatch(/^altered: the log has it closed twice/)
})
