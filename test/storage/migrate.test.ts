import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { PostgresAuditTrail } from '#gateway/storage/audit-trail.ts'
import type { Database } from '#gateway/storage/database.ts'
import { openDatabase } from '#gateway/storage/database.ts'
import { migrate } from '#gateway/storage/migrate.ts'
import { testDatabase } from '#test/harness/database.ts'

const sqlDirectory = fileURLToPath(new URL('../../sql', import.meta.url))

async function empty(database: Database): Promise<void> {
  await database.change(async (tx) => {
    for (const schema of ['public', 'drizzle']) await tx.execute(sql`drop schema ${sql.identifier(schema)} cascade`)
    await tx.execute(sql`create schema public`)
  })
}

/** A copy of the migrations that came before the one of this name. */
async function migrationsBefore(name: string): Promise<AsyncDisposable & { readonly directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'gatebook-sql-'))
  await cp(sqlDirectory, directory, { recursive: true })
  const path = join(directory, 'meta', '_journal.json')
  const journal = JSON.parse(await readFile(path, 'utf8')) as { entries: { tag: string }[] }
  const end = journal.entries.findIndex(({ tag }) => tag.endsWith(`_${name}`))
  await writeFile(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, end) }))
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) }
}

describe('migrating', () => {
  it('is done by one of two processes that start at once, and not again', async () => {
    await using test = await testDatabase()
    await empty(test.database)
    const applied = await Promise.all([migrate(test.url, sqlDirectory), migrate(test.url, sqlDirectory)])
    expect(applied.filter((count) => count > 0)).toHaveLength(1)
    expect(await migrate(test.url, sqlDirectory)).toBe(0)
  })

  it('chains the entries that the audit trail had before, and says what client they concern', async () => {
    await using test = await testDatabase()
    await empty(test.database)
    await using before = await migrationsBefore('audit_chain')
    await migrate(test.url, before.directory)
    await test.database.change((tx) =>
      tx.execute(sql`
        insert into audit_event (id, actor, action, subject, detail) overriding system value values
          (2, 'operator', 'client.add', 'client:acme', '{}'), (7, 'operator', 'target.add', 'target:web1.acme', '{"a":1}'),
          (8, 'gateway', 'staff.from-elsewhere', 'staff:ivan', '{}'), (9, 'operator', 'task.add', 'task:ACME-SHOP-3', '{}')
      `),
    )
    await migrate(test.url, sqlDirectory)
    const trail = new PostgresAuditTrail(test.database)
    await trail.add({ actor: 'operator', action: 'test.add', subject: 'thing:1' })
    const kept = (await trail.list({ limit: 10 })).map(({ id, action, client }) => [id, action, client])
    expect(kept.toReversed()).toEqual([
      [1, 'client.add', 'acme'],
      [2, 'target.add', 'acme'],
      [3, 'staff.from-elsewhere', undefined],
      [4, 'task.add', 'acme-shop'],
      [5, 'test.add', undefined],
    ])
    expect(await trail.firstAltered()).toBeUndefined()
  })

  it('refuses a database that a newer gatebook made', async () => {
    await using test = await testDatabase()
    await test.database.change((tx) =>
      tx.execute(sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('from the future', 9e15)`),
    )
    await expect(migrate(test.url, sqlDirectory)).rejects.toMatchObject({
      code: 'database-setup',
      hint: expect.stringContaining('newer gatebook'),
    })
  })
})

describe('a database that cannot be reached', () => {
  it.each([
    ['nobody listens', 'postgresql://gatebook@127.0.0.1:1/gatebook'],
    ['there is no such socket', 'postgresql://gatebook@localhost/gatebook?host=%2Fnonexistent'],
    ['its name is unknown', 'postgresql://gatebook@gatebook.invalid/gatebook'],
  ])('is reported with what to do: %s', async (_case, url) => {
    const failure = { code: 'database-unavailable', hint: expect.stringContaining('DATABASE_URL') }
    await expect(migrate(url, sqlDirectory)).rejects.toMatchObject(failure)
    await expect(openDatabase({ url, applicationName: 'test' })).rejects.toMatchObject(failure)
  })

  it('is the same for a connection that is lost in the middle of work', async () => {
    await using test = await testDatabase()
    const work = test.database.change((tx) => tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`))
    await expect(work).rejects.toMatchObject({ code: 'database-unavailable' })
    const { rows } = await test.database.read((queries) => queries.execute(sql`select 1 as one`))
    expect(rows).toEqual([{ one: 1 }])
  })
})

it('a failed query does not quote its parameters', async () => {
  await using test = await testDatabase()
  const failing = test.database.read((queries) => queries.execute(sql`select ${'secret'} / 0 from client, nowhere`))
  await expect(failing).rejects.toSatisfy((error: Error) => !`${error.message}${error.stack}`.includes('secret'))
})
