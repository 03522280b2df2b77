import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { vi } from 'vitest'
import { openDatabase } from '#gateway/storage/database.ts'
import { startEmbeddedPostgres } from '#gateway/storage/embedded-postgres.ts'
import { migrate } from '#gateway/storage/migrate.ts'
import type { TestDatabase } from './database.ts'

/** A PostgreSQL of its own, to be ill-treated: the launcher starts it anew when it was killed. */
export interface DatabaseServer extends TestDatabase {
  /** SIGSTOP to the server and to every worker: connections stay open, and nobody answers. */
  freeze(): Promise<void>
  thaw(): void
  /** SIGKILL to the server; its workers follow it. */
  kill(): Promise<void>
  /** Resolves when it answers again. */
  back(): Promise<void>
}

export async function databaseServer(): Promise<DatabaseServer> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'gatebook-db-'))
  const server = await startEmbeddedPostgres({ dataDirectory, settings: { fsync: 'off' } })
  await migrate(server.url, fileURLToPath(new URL('../../sql', import.meta.url)))
  const database = await openDatabase({ url: server.url, applicationName: 'gatebook test' })
  const postmaster = async () =>
    Number.parseInt(await readFile(join(dataDirectory, 'postgres', 'postmaster.pid'), 'utf8'), 10)
  let frozen: number[] = []
  const thaw = () => {
    for (const pid of frozen.splice(0)) process.kill(pid, 'SIGCONT')
  }
  return {
    url: server.url,
    database,
    async freeze() {
      const pid = await postmaster()
      process.kill(pid, 'SIGSTOP')
      frozen = [pid, ...(await children(pid))]
      for (const one of frozen) process.kill(one, 'SIGSTOP')
    },
    thaw,
    async kill() {
      const witness = new Client(server.url)
      witness.on('error', () => undefined)
      await witness.connect()
      const ended = new Promise((resolve) => witness.once('end', resolve))
      process.kill(await postmaster(), 'SIGKILL')
      await ended
    },
    async back() {
      await vi.waitFor(() => database.read((queries) => queries.execute('select 1')), { timeout: 20_000 })
    },
    async [Symbol.asyncDispose]() {
      thaw()
      await database.close()
      await server.stop()
      await rm(dataDirectory, { recursive: true, force: true })
    },
  }
}

async function children(pid: number): Promise<number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return list
    .trim()
    .split(' ')
    .filter((word) => word !== '')
    .map(Number)
}
