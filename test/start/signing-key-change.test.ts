import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KeyRing } from '#gateway/recording/seal/key-ring.ts'
import type { SigningKey } from '#gateway/recording/seal/signing-key.ts'
import { renewSigningKey } from '#gateway/start/announce-key.ts'
import { openSigningKey } from '#gateway/start/open-signing-key.ts'
import { PostgresSessionLog } from '#gateway/storage/session-log-store.ts'
import { createVault } from '#gateway/vault/seal.ts'
import { SigningKeyFiles } from '#gateway/vault/signing-key-file.ts'
import { testDatabase, type TestDatabase } from '#test/harness/database.ts'
import { stillClock } from '#test/harness/still-clock.ts'

const DAY_S = 86_400

let directory: string
let database: TestDatabase
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gatebook-key-'))
  database = await testDatabase()
})
afterEach(async () => {
  await database[Symbol.asyncDispose]()
  await rm(directory, { recursive: true })
})

/** What a gateway signs with, whose log may fail before or behind the commit. */
function world() {
  const log = new PostgresSessionLog(database.database)
  const clock = stillClock()
  const failures = { before: false, behind: false }
  const sessionLog = {
    keys: () => log.keys(),
    async appendKey(statement: string) {
      if (failures.before) throw new Error('no database')
      const place = await log.appendKey(statement)
      if (failures.behind) throw new Error('connection lost behind the commit')
      return place
    },
  }
  const files = new SigningKeyFiles(directory, createVault(Buffer.alloc(32)), 'g')
  const parts = { gatewayId: 'g', files, sessionLog, clock }
  return { ...parts, failures, parts, ring: async () => new KeyRing(await log.keys()) }
}

/** What the log knows is what is in use. */
async function expectInUse(key: SigningKey, { ring }: ReturnType<typeof world>): Promise<void> {
  expect((await ring()).current('g')?.id).toBe(key.keyId)
}

describe('the signing key', () => {
  it('is another one each day, signed by that of the day before, in one chain', async () => {
    const { clock, parts, ring } = world()
    const key = await openSigningKey(parts)
    const used = [key.keyId]
    for (let day = 0; day < 3; day++) {
      await renewSigningKey(parts, key)
      expect(key.keyId).toBe(used.at(-1))
      clock.pass(DAY_S)
      await renewSigningKey(parts, key)
      used.push(key.keyId)
    }
    expect(new Set(used).size).toBe(4)
    const chain = await ring()
    expect(chain.chains()).toHaveLength(1)
    expect(used.map((id) => chain.get(id)?.from)).toEqual([0, 1, 2, 3])
    expect((await openSigningKey(parts)).keyId).toBe(key.keyId)
  })

  it('of the day before is erased in its file, not only forgotten', async () => {
    const { clock, parts } = world()
    const key = await openSigningKey(parts)
    const path = join(directory, 'signing.key')
    const before = await readFile(path)
    // The file itself, whatever its name leads to later.
    await using file = await open(path, 'r')
    clock.pass(DAY_S)
    await renewSigningKey(parts, key)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1000), 0, 1000, 0)
    expect(buffer.subarray(0, bytesRead)).toEqual(Buffer.alloc(before.length))
    expect(await readFile(path)).not.toEqual(before)
  })

  it('stays where the change failed, and is changed the next time', async () => {
    const home = world()
    const key = await openSigningKey(home.parts)
    const { keyId } = key
    home.clock.pass(DAY_S)
    home.failures.before = true
    await expect(renewSigningKey(home.parts, key)).rejects.toThrow('no database')
    await key.hold(async () => expect(key.keyId).toBe(keyId))
    await expectInUse(key, home)
    home.failures.before = false
    await renewSigningKey(home.parts, key)
    expect(key.keyId).not.toBe(keyId)
    await expectInUse(key, home)
  })

  it('is the new one where only the answer was lost', async () => {
    const home = world()
    const key = await openSigningKey(home.parts)
    const { keyId } = key
    home.clock.pass(DAY_S)
    home.failures.behind = true
    await expect(renewSigningKey(home.parts, key)).rejects.toThrow('connection lost')
    await key.hold(async () => expect(key.keyId).not.toBe(keyId))
    await expectInUse(key, home)
  })

  it.each(['before', 'behind'] as const)('is settled at the next start after a crash %s the commit', async (moment) => {
    const home = world()
    const key = await openSigningKey(home.parts)
    home.clock.pass(DAY_S)
    home.failures[moment] = true
    await expect(renewSigningKey(home.parts, key)).rejects.toThrow()
    const again = await openSigningKey(home.parts)
    expect(again.keyId === key.keyId).toBe(moment === 'before')
    await expectInUse(again, home)
  })

  it('does not change between signing and storing', async () => {
    const { clock, parts } = world()
    const key = await openSigningKey(parts)
    clock.pass(DAY_S)
    const order: string[] = []
    let letGo = () => {}
    const held = key.hold(() => new Promise<void>((resolve) => (letGo = resolve))).then(() => order.push('stored'))
    const changed = renewSigningKey(parts, key).then(() => order.push('changed'))
    const next = key.hold(async () => order.push('also stored'))
    await next
    letGo()
    await Promise.all([held, changed])
    expect(order).toEqual(['also stored', 'stored', 'changed'])
  })
})
