import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PostgresClientStore } from '#gateway/storage/client-store.ts'
import { PostgresTaskStore } from '#gateway/storage/task-store.ts'
import { testDatabase, type TestDatabase } from '#test/harness/database.ts'
import { sampleAccess, sampleSession } from './sample-access.ts'

const raisedAt = new Date('2026-11-23T12:00:00.000Z')
const about = { clientSlug: 'acme', kind: 'request', title: 'work', note: '', estimateMinutes: undefined } as const

describe('tasks', () => {
  let test: TestDatabase
  let access: Awaited<ReturnType<typeof sampleAccess>>
  let tasks: PostgresTaskStore
  beforeAll(async () => {
    test = await testDatabase()
    access = await sampleAccess(test.database)
    const zeta = { slug: 'zeta', name: 'Zeta', zone: 'UTC', language: 'en' } as const
    await new PostgresClientStore(test.database).add(zeta, 'test')
    tasks = new PostgresTaskStore(test.database)
  })
  afterAll(() => test[Symbol.asyncDispose]())

  it('are numbered for each client from 1 on, without gaps, however many are raised at once', async () => {
    const raise = (clientSlug: string) => tasks.add({ ...about, clientSlug, raisedAt }, 'staff:ivan')
    const impossible = () => tasks.add({ ...about, raisedAt: new Date(Number.NaN) }, 'staff:ivan').catch(() => 'failed')
    const numbers = async (clientSlug: string) => {
      const raised = await Promise.all(Array.from({ length: 15 }, () => raise(clientSlug)))
      return raised.map(({ sequence }) => sequence).toSorted((one, other) => one - other)
    }
    const fifteen = Array.from({ length: 15 }, (_, index) => index + 1)
    const [acme, zeta, failed] = await Promise.all([numbers('acme'), numbers('zeta'), impossible()])
    expect([acme, zeta, failed]).toEqual([fifteen, fifteen, 'failed'])
    expect((await raise('zeta')).number).toBe('ZETA-16')
  })

  it('come back as they were raised, and the trail says by whom', async () => {
    const raised = await tasks.add(
      { ...about, kind: 'incident', note: 'since midnight', estimateMinutes: 30, raisedAt },
      'client:acme',
    )
    expect(raised).toEqual({
      ...about,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      number: 'ACME-16',
      sequence: 16,
      clientId: access.client.id,
      kind: 'incident',
      note: 'since midnight',
      estimateMinutes: 30,
      status: 'open',
      raisedAt,
      raisedBy: 'client:acme',
      closedAt: undefined,
      closedBy: undefined,
      firstSessionAt: undefined,
    })
    expect(await tasks.byName({ clientSlug: 'acme', sequence: 16 })).toEqual(raised)
    expect(await tasks.byName({ clientSlug: 'acme', sequence: 17 })).toBeUndefined()
    const { rows } = await test.database.read((queries) =>
      queries.execute(sql`select actor, action, subject, detail from audit_event order by id desc limit 1`),
    )
    const detail = { kind: 'incident', title: 'work', raisedAt: raisedAt.toISOString(), estimateMinutes: 30 }
    expect(rows).toEqual([{ actor: 'client:acme', action: 'task.add', subject: 'task:ACME-16', detail }])
  })

  it('are closed and opened again, with who did it on the trail', async () => {
    const name = { clientSlug: 'zeta', sequence: 3 }
    const closed = await tasks.move(name, 'close', 'staff:ivan')
    expect(closed).toMatchObject({ status: 'closed', closedBy: 'staff:ivan', closedAt: expect.any(Date) })
    await expect(tasks.move(name, 'close', 'staff:olga')).rejects.toMatchObject({ code: 'conflict' })
    expect(await tasks.byName(name)).toEqual(closed)
    expect(await tasks.move(name, 'reopen', 'client:zeta')).toMatchObject({ status: 'open', closedAt: undefined })
    const { rows } = await test.database.read((queries) =>
      queries.execute(
        sql`select actor, action from audit_event where subject = 'task:ZETA-3' and action <> 'task.add' order by id`,
      ),
    )
    expect(rows).toEqual([
      { actor: 'staff:ivan', action: 'task.close' },
      { actor: 'client:zeta', action: 'task.reopen' },
    ])
    await expect(tasks.move({ ...name, sequence: 99 }, 'close', 'x')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('closed by two at once are closed by one', async () => {
    const close = () => tasks.move({ clientSlug: 'zeta', sequence: 4 }, 'close', 'staff:ivan')
    const outcomes = await Promise.allSettled([close(), close(), close()])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await tasks.move({ clientSlug: 'zeta', sequence: 4 }, 'reopen', 'staff:ivan')
  })

  it('are listed newest first, page by page, by client and status', async () => {
    await tasks.move({ clientSlug: 'acme', sequence: 1 }, 'close', 'staff:ivan')
    const earlier = new Date(raisedAt.getTime() - 1)
    const first = await tasks.add({ ...about, raisedAt: earlier }, 'staff:ivan')
    const all = await tasks.list({ client: 'acme', limit: 100 })
    expect(all).toHaveLength(17)
    expect(all.at(-1)).toEqual(first)
    const page = await tasks.list({ client: 'acme', limit: 5 })
    const rest = await tasks.list({ client: 'acme', limit: 100, after: page.at(-1)?.id ?? '' })
    expect([...page, ...rest]).toEqual(all)
    expect((await tasks.list({ client: 'acme', status: 'closed', limit: 100 })).map((each) => each.number)).toEqual([
      'ACME-1',
    ])
    expect(await tasks.list({ client: 'acme', status: 'open', limit: 100 })).toHaveLength(16)
    expect(await tasks.list({ limit: 100 })).toHaveLength(33)
    expect(await tasks.list({ client: 'other', limit: 100 })).toEqual([])
    expect(await tasks.list({ after: 'x', limit: 100 })).toEqual([])
  })

  it('know when the first session on them began, of their own client only', async () => {
    const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 12, 30, second))
    const attach = async (startedAt: Date, task: string) => {
      const { id } = await sampleSession(test.database, access, { startedAt })
      await test.database.change((tx) => tx.execute(sql`update session set task = ${task} where id = ${id}`))
    }
    await attach(at(2), 'ACME-2')
    await attach(at(1), 'ACME-2')
    // What stood in a record before numbers were judged.
    await attach(at(3), 'ZETA-2')
    expect(await tasks.byName({ clientSlug: 'acme', sequence: 2 })).toMatchObject({ firstSessionAt: at(1) })
    expect(await tasks.byName({ clientSlug: 'zeta', sequence: 2 })).toMatchObject({ firstSessionAt: undefined })
    expect(await tasks.byName({ clientSlug: 'acme', sequence: 3 })).toMatchObject({ firstSessionAt: undefined })
  })

  it('are raised for clients that exist', async () => {
    const nobody = tasks.add({ ...about, clientSlug: 'other', raisedAt }, 'staff:ivan')
    await expect(nobody).rejects.toMatchObject({ code: 'not-found', message: 'there is no client other' })
  })
})
