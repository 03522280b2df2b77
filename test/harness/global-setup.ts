import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '#gateway/storage/embedded-postgres.ts'
import { migrate } from '#gateway/storage/migrate.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The template database of this run, migrated; `database.ts` makes copies of it. */
    templateUrl: string
  }
}

const sqlDirectory = fileURLToPath(new URL('../../sql', import.meta.url))

/** One PostgreSQL for the whole run: that of DATABASE_URL, or an embedded one that trades safety for speed. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer()
  const template = `gatebook_test_${randomBytes(4).toString('hex')}`
  async function tearDown(): Promise<void> {
    await administer(server.url, (client) => dropDatabases(client, template))
    await server.stop()
  }
  try {
    await administer(server.url, async (client) => {
      await client.query(`create database ${template}`)
    })
    const templateUrl = withDatabase(server.url, template)
    await migrate(templateUrl, sqlDirectory)
    project.provide('templateUrl', templateUrl)
    return tearDown
  } catch (error) {
    // vitest calls no tear-down of a set-up that failed.
    await tearDown()
    throw error
  }
}

async function startServer(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const given = process.env.DATABASE_URL
  if (given !== undefined) return { url: given, stop: () => Promise.resolve() }
  const dataDirectory = await mkdtemp(path.join(os.tmpdir(), 'gatebook-test-'))
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
  const server = await startEmbeddedPostgres({ dataDirectory, settings })
  const pid = Number.parseInt(readFileSync(path.join(dataDirectory, 'postgres', 'postmaster.pid'), 'utf8'), 10)
  // A run can end without its tear-down: `vitest run | head` dies of a closed pipe.
  function abandon(): void {
    process.kill(pid, 'SIGQUIT')
    rmSync(dataDirectory, { recursive: true, force: true })
  }
  process.once('exit', abandon)
  return {
    url: server.url,
    async stop() {
      process.off('exit', abandon)
      await server.stop()
      await rm(dataDirectory, { recursive: true, force: true })
    },
  }
}

async function administer(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client(url)
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

/** The template, and what a test that failed left behind: the copies begin with its name. */
async function dropDatabases(client: Client, template: string): Promise<void> {
  const found = await client.query<{ datname: string }>(
    'select datname from pg_database where starts_with(datname, $1)',
    [template],
  )
  for (const { datname } of found.rows) await client.query(`drop database ${datname} with (force)`)
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
