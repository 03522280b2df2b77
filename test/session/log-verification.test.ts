import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { leafHash } from '#gateway/recording/seal/session-log.ts'
import { createSigner, publicKeyOf, readStatement } from '#gateway/recording/seal/statement.ts'
import { TEST_GATEWAY } from '#test/harness/signing.ts'
import { sealedWorld, type SealedWorld } from './sealed-world.ts'

/** Every trace of a session outside of the log. */
const withoutSession = ({ id }: SealedWorld) => [
  ...['frame', 'event_salt', 'keystroke_run', 'channel'].map(
    (table) => sql`delete from ${sql.identifier(table)} where session_id = ${id}`,
  ),
  sql`delete from session where id = ${id}`,
]
/** The entries of a session, and the others numbered without a gap again. */
const withoutEntries = ({ id }: SealedWorld) => [
  sql`delete from session_log where session_id = ${id}`,
  sql`update session_log set index = place.number from (
    select index as old, row_number() over (order by index) - 1 as number from session_log
  ) place where index = place.old and place.number < index`,
]

describe('the log of sessions', () => {
  it('and all that it opened are intact, also by a head that was kept outside before it grew', async () => {
    const world = await sealedWorld()
    const kept = await world.signHead()
    await world.record('2026-11-24T12:00:00Z', 120)
    await world.signHead()
    expect(await world.everything(kept)).toEqual(['intact'])
  })

  it('is only ever appended to, as far as PostgreSQL can help', async () => {
    const { database } = await sealedWorld()
    for (const statement of [
      sql`delete from session_log`,
      sql`update session_log set kind = 'key'`,
      sql`truncate session_log`,
    ]) {
      const changed = database.change((tx) => tx.execute(statement))
      await expect(changed).rejects.toThrow()
    }
  })

  it.each([
    [
      'an entry taken out of the middle',
      (world: SealedWorld) => world.alter(sql`delete from session_log where index = 2`),
      /^entry 2 of the log of sessions is missing/,
    ],
    [
      'its last entry cut off',
      (world: SealedWorld) =>
        world.alter(sql`delete from session_log where index = (select max(index) from session_log)`),
      /^the log of sessions has \d+ entries, but the tree head of .* counts \d+: the end was cut off/,
    ],
    [
      'a session gone with its entries, and the others renumbered',
      (world: SealedWorld) => world.alter(...withoutSession(world), ...withoutEntries(world)),
      /^the log of sessions has \d+ entries, but/,
    ],
    [
      'two entries exchanged',
      (world: SealedWorld) =>
        world.alter(
          sql`update session_log set index = 1000 where index = 1`,
          sql`update session_log set index = 1 where index = 2`,
          sql`update session_log set index = 2 where index = 1000`,
        ),
      /^the first \d+ entries of the log of sessions are not those of the tree head/,
    ],
    [
      'a statement exchanged beside its hash',
      (world: SealedWorld) =>
        world.alter(
          sql`update session_log set statement = (select statement from session_log where index = 1) where index = 2`,
        ),
      /^entry 2 of the log of sessions is not the one that was signed there/,
    ],
    [
      'an entry given to another session',
      (world: SealedWorld) =>
        world.alter(sql`update session_log set session_id = ${randomUUID()} where kind = 'closing'`),
      /^what stands beside entry \d+ of the log of sessions is not what it says/,
    ],
    ['its heads removed', (world: SealedWorld) => world.alter(sql`delete from tree_head`), /^no tree head/],
    [
      'a head of somebody without the key',
      (world: SealedWorld) => {
        const forger = createSigner(generateKeyPairSync('ed25519').privateKey)
        const head = { gateway: TEST_GATEWAY, size: 1, root: '0'.repeat(64), at: '2026-11-23T00:00:00.000Z' }
        return world.alter(sql`update tree_head set statement = ${forger.sign('tree-head', head)}`)
      },
      /^the tree-head statement is signed by a key that no gateway has/,
    ],
  ])('with %s is altered', async (_, attack, what) => {
    const world = await sealedWorld()
    await world.signHead()
    expect(await world.everything()).toEqual(['intact'])
    await attack(world)
    expect((await world.everything())[0]).toMatch(what)
  })

  it('knows every session that there is', async () => {
    const world = await sealedWorld()
    await world.signHead()
    const { id } = await addUnlogged(world)
    await world.alter(sql`update frame set session_id = ${id} where false`)
    const stranger = randomUUID()
    await world.alter(
      sql`insert into keystroke_run select month, ${stranger}, channel, seq, from_us, deltas_us, lengths, data
        from keystroke_run limit 1`,
    )
    expect(await world.everything()).toEqual([
      'intact',
      `${id}: the log of sessions does not know it`,
      `${stranger}: the log of sessions does not know it`,
    ])
  })

  it('opens no session in the name of a key that nobody has', async () => {
    const world = await sealedWorld()
    const forger = createSigner(generateKeyPairSync('ed25519').privateKey)
    const session = randomUUID()
    const [opening] = (await world.stores.sessionLog.statements(world.id)).log
    const statement = forger.sign('opening', { ...readStatement(opening!.statement)?.payload, session })
    await world.alter(
      sql`insert into session_log select max(index) + 1, 'opening', ${session}, ${leafHash(statement)}, ${statement}
        from session_log`,
    )
    await world.signHead()
    expect((await world.everything())[0]).toMatch(/^the opening statement is signed by a key that no gateway has/)
  })
})

/** A session in the database that no gateway has opened. */
async function addUnlogged({ alter, access }: SealedWorld): Promise<{ id: string }> {
  const id = randomUUID()
  const { client, target, staff } = access
  await alter(
    sql`insert into session (id, month, gateway_id, client_id, target_id, staff_id, login, source_address, started_at, state)
      values (${id}, '2026-11-01', 'gateway-1', ${client.id}, ${target.id}, ${staff.id}, 'root', '192.0.2.1',
      '2026-11-23T18:00:00Z', 'live')`,
  )
  return { id }
}

describe('a head kept outside', () => {
  it('shows that the whole database is an older one, which it cannot itself', async () => {
    const world = await sealedWorld()
    await world.signHead()
    const before = await world.database.read((queries) => queries.execute(sql`select * from tree_head`))
    const later = await world.record('2026-11-24T12:00:00Z', 120)
    const kept = await world.signHead()
    await world.alter(
      ...withoutSession({ ...world, id: later }),
      sql`delete from session_log where session_id = ${later}`,
      sql`delete from session_log where index >= ${before.rows[0]!.size}`,
      sql`update tree_head set size = ${before.rows[0]!.size}, statement = ${before.rows[0]!.statement}`,
    )
    expect(await world.everything()).toEqual(['intact'])
    expect((await world.everything(kept))[0]).toMatch(
      /in a drawer counts \d+: the end was cut off, or an older state put back/,
    )
  })

  it('shows what somebody with the signing key wrote anew, which the database cannot', async () => {
    const world = await sealedWorld()
    const kept = await world.signHead()
    await world.rewriteWithKey()
    await world.signHead()
    expect(await world.everything()).toEqual(['intact'])
    expect(await world.everything(kept)).toEqual([
      expect.stringMatching(/entries of the log of sessions are not those of the tree head of .* in a drawer/),
    ])
  })

  it('does not make up for one signed by a key that was replaced', async () => {
    const world = await sealedWorld()
    const kept = await world.signHead()
    const other = generateKeyPairSync('ed25519')
    const elsewhere = { gateway: 'gateway-2', key: publicKeyOf(other.privateKey), previous: null, at: '2026-11-24' }
    await world.changeKey()
    await world.stores.sessionLog.appendKey(createSigner(other.privateKey).sign('key', elsewhere))
    // Signed with the key of yesterday, over what came behind its end.
    await world.signHead()
    expect((await world.everything(kept))[0]).toMatch(/signed by a key that was not in use then/)
  })
})
