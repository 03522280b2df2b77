import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type SQL, sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { systemClock } from '#gateway/clock.ts'
import { parseConfig } from '#gateway/config.ts'
import { KeyRing } from '#gateway/recording/seal/key-ring.ts'
import { verifyEverything } from '#gateway/session/verify-everything.ts'
import { restartSeal } from '#gateway/start/restart-seal.ts'
import { type RunningGateway, startGateway } from '#gateway/start/start-gateway.ts'
import { readStatement } from '#gateway/recording/seal/statement.ts'
import type { TestDatabase } from '#test/harness/database.ts'
import { type TestGateway, testGateway } from '#test/harness/gateway.ts'
import { newestEndedSession } from '#test/harness/recorded.ts'
import { ssh } from '#test/harness/ssh.ts'

const keyFile = (gateway: TestGateway) => join(gateway.directory, 'data', 'signing.key')

async function alter({ database }: TestDatabase, ...statements: readonly SQL[]): Promise<void> {
  await database.change(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`)
    for (const statement of statements) await tx.execute(statement)
  })
}

/** Somebody works for a moment, so that the log has an opening and a closing. */
async function recordSession(gateway: TestGateway): Promise<void> {
  await gateway.addTarget('box', { kind: 'local-shell' })
  await ssh(gateway, 'box.acme', ['-tt'], 'exit\r')
  await newestEndedSession(gateway)
}

/** A second gateway of the same installation, on a data directory of its own. */
function startBeside({ database, directory }: TestGateway): Promise<RunningGateway> {
  const masterKey = join(directory, 'data', 'master.key')
  return startGateway({
    config: parseConfig({
      DATABASE_URL: database.url,
      GATEBOOK_DATA: join(directory, 'beside'),
      GATEBOOK_MASTER_KEY_FILE: masterKey,
      GATEBOOK_SSH_LISTEN: '127.0.0.1:0',
      GATEBOOK_HTTP_LISTEN: '127.0.0.1:0',
    }),
    clock: systemClock,
    version: '0.0.0-test',
    pagesDirectory: join(directory, 'nowhere'),
    openLocalShell: () => Promise.reject(new Error('no shell here')),
    log: () => {},
  })
}

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
      ({ database }: TestGateway) => alter(database, sql`delete from session_log`),
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

  it('does not start on a log that is older than the one it signed, until that is said in the log', async () => {
    await using gateway = await testGateway()
    await recordSession(gateway)
    await gateway.close()
    await alter(gateway.database, sql`delete from session_log where index > 0`, sql`delete from tree_head`)
    await expect(gateway.restart()).rejects.toThrow(/it has 1 entries, but at .* this gateway signed 4/)
    await restart(gateway)
    const again = await gateway.restart()
    const restarted = (await again.stores.sessionLog.keys()).at(-1)
    expect(readStatement(restarted?.statement ?? '')?.payload).toMatchObject({
      reason: 'the disk was lost',
      lost: { size: 4 },
    })
    await again.close()
  })

  it('shares the log with another one on the same database, each with its key and its heads', async () => {
    await using one = await testGateway()
    const other = await startBeside(one)
    try {
      await recordSession(one)
      await expect
        .poll(async () => (await one.stores.sessionLog.heads()).map((text) => readStatement(text)?.payload.size))
        .toEqual([5, 5])
      const altered: string[] = []
      const held = await verifyEverything(one.stores, [], ({ what }) => void (what && altered.push(what)))
      expect([held.size, altered]).toEqual([5, []])
    } finally {
      await other.close()
    }
  })

  it('that has its signing key cannot begin anew', async () => {
    await using gateway = await testGateway()
    await gateway.close()
    await expect(restart(gateway)).rejects.toMatchObject({ code: 'conflict' })
  })
})
