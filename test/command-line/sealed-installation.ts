import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { systemClock } from '#gateway/clock.ts'
import { TreeHeads } from '#gateway/recording/seal/tree-heads.ts'
import { rememberedHeadFile } from '#gateway/start/remembered-head.ts'
import { recordSession } from '#test/api/recorded-session.ts'
import { loggedSigningKey, TEST_GATEWAY } from '#test/harness/signing.ts'
import { sampleAccess } from '#test/storage/sample-access.ts'
import { installation } from './installation.ts'

/** Two sealed sessions; the gateway of this data directory has signed the head of the log, and a file has it. */
export async function sealedInstallation() {
  const home = await installation()
  const access = await sampleAccess(home.database)
  const record = (startedAt: string) =>
    recordSession(home.stores, { ...access, startedAt: new Date(startedAt), endedAfterS: 120 })
  const ids = [await record('2026-11-23T12:00:00Z'), await record('2026-11-23T13:00:00Z')] as const
  const heads = join(home.dataDirectory, 'heads')
  return {
    ...home,
    ids,
    record,
    heads,
    async signHead() {
      const signed = await TreeHeads.open({
        gatewayId: TEST_GATEWAY,
        key: await loggedSigningKey(home.stores.sessionLog),
        log: home.stores.sessionLog,
        memory: rememberedHeadFile(home.dataDirectory),
        clock: systemClock,
        publish: () => {},
        renewKey: async () => {},
        onTrouble: () => {},
      })
      await signed.close()
      await writeFile(heads, `torn\n${await readFile(join(home.dataDirectory, 'tree-head.jws'), 'utf8')}`)
    },
    alter: (...statements: ReturnType<typeof sql>[]) =>
      home.database.change(async (tx) => {
        await tx.execute(sql`set local session_replication_role = replica`)
        for (const statement of statements) await tx.execute(statement)
      }),
  }
}
