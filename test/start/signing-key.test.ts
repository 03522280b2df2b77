import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { systemClock } from '#gateway/clock.ts'
import { parseConfig } from '#gateway/config.ts'
import { KeyRing } from '#gateway/recording/seal/key-ring.ts'
import { restartSeal } from '#gateway/start/restart-seal.ts'
import { type TestGateway, testGateway } from '#test/harness/gateway.ts'

const keyFile = (gateway: TestGateway) => join(gateway.directory, 'data', 'signing.key')

/** Why each chain of keys began, in order. */
async function chains({ stores }: TestGateway): Promise<(string | undefined)[]> {
  return new KeyRing(await stores.sessionLog.keys()).chains().map(({ reason }) => reason)
}

function restart({ directory, database }: TestGateway): Promise<string> {
  const config = parseConfig({ DATABASE_URL: database.url, GATEBOOK_DATA: join(directory, 'data') })
  return restartSeal({ config, clock: systemClock, reason: 'the disk was lost', log: () => {} })
}

describe('a gateway', () => {
  it('makes its signing key at the first start, sealed and for its own user only, and keeps it', async () => {
    await using gateway = await testGateway()
    const before = await readFile(keyFile(gateway))
    expect(before.includes('PRIVATE KEY')).toBe(false)
    expect((await readdir(join(gateway.directory, 'data'))).filter((name) => name.startsWith('signing'))).toEqual([
      'signing.key',
    ])
    const again = await gateway.restart()
    expect(await readFile(keyFile(again))).toEqual(before)
    expect(await chains(again)).toEqual([undefined])
    await again.close()
  })

  it.each([
    ['is missing', (gateway: TestGateway) => rm(keyFile(gateway)), /the signing key .* of this gateway is missing/],
    ['was exchanged', (gateway: TestGateway) => writeFile(keyFile(gateway), Buffer.alloc(77)), /does not open/],
    [
      'is not known to the database, which is an older one',
      ({ database }: TestGateway) =>
        database.database.change(async (tx) => {
          await tx.execute(sql`set local session_replication_role = replica`)
          await tx.execute(sql`delete from session_log`)
        }),
      /does not know this gateway's signing key/,
    ],
  ])('whose signing key %s does not start, until it begins anew with a reason', async (_, lose, message) => {
    await using gateway = await testGateway()
    await gateway.close()
    await lose(gateway)
    await expect(gateway.restart()).rejects.toThrow(message)
    await restart(gateway)
    const again = await gateway.restart()
    expect((await chains(again)).at(-1)).toBe('the disk was lost')
    await again.close()
  })

  it('that has its signing key cannot begin anew', async () => {
    await using gateway = await testGateway()
    await gateway.close()
    await expect(restart(gateway)).rejects.toMatchObject({ code: 'conflict' })
  })
})
