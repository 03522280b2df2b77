import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PostgresAuditTrail } from '#gateway/storage/audit-trail.ts'
import { testDatabase, type TestDatabase } from '#test/harness/database.ts'

describe('the audit trail', () => {
  let test: TestDatabase
  let trail: PostgresAuditTrail
  beforeEach(async () => {
    test = await testDatabase()
    trail = new PostgresAuditTrail(test.database)
  })
  afterEach(() => test[Symbol.asyncDispose]())

  const add = (number: number, client?: string) =>
    trail.add({ actor: 'operator', action: 'test.add', subject: `thing:${number}`, client, detail: { number } })
  /** As somebody does who owns the database. */
  const tamper = (statement: string) =>
    test.database.change(async (tx) => {
      await tx.execute(sql.raw('alter table audit_event disable trigger all'))
      await tx.execute(sql.raw(statement))
      await tx.execute(sql.raw('alter table audit_event enable trigger all'))
    })

  it('counts without gaps, in order of time, however many write at once', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, number) => add(number)))
    const events = (await trail.list({ limit: 100 })).toReversed()
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1))
    expect(events).toHaveLength(40)
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted((one, other) => +one - +other))
    expect(await trail.firstAltered()).toBeUndefined()
  })

  it('has nothing of a change that failed, and no gap either', async () => {
    const failing = test.database.change(async (tx) => {
      await tx.execute(sql`select audit_append('operator', 'test.add', 'nothing', null, '{}')`)
      throw new Error('on purpose')
    })
    await expect(failing).rejects.toThrow('on purpose')
    await add(1)
    expect(await trail.list({ limit: 10 })).toMatchObject([{ id: 1, subject: 'thing:1' }])
  })

  it.each(['update audit_event set actor = $$x$$', 'delete from audit_event', 'truncate audit_event'])(
    'refuses: %s',
    async (statement) => {
      await add(1)
      const refused = test.database.change((tx) => tx.execute(sql.raw(statement)))
      await expect(refused).rejects.toThrow('never changed')
    },
  )

  it.each([
    ['an actor', 'update audit_event set actor = $$staff:eve$$ where id = 3', 3],
    ['a time', `update audit_event set at = at + interval '1 microsecond' where id = 3`, 3],
    ['a client', 'update audit_event set client = $$zeta$$ where id = 3', 3],
    ['a detail', `update audit_event set detail = '{"number":4}' where id = 3`, 3],
    ['an entry that is removed', 'delete from audit_event where id = 3', 4],
    ['the first entry that is removed', 'delete from audit_event where id = 1', 2],
    [
      'two that change places',
      [0, 1, 3].map((id, index) => `update audit_event set id = ${id} where id = ${[1, 3, 0][index]}`).join(';'),
      1,
    ],
    [
      'one that is put in',
      `insert into audit_event select (event).* from (select jsonb_populate_record(e, '{"id":6}') as event from audit_event e where id = 5) x`,
      6,
    ],
  ])('shows where it was altered: %s', async (_, statement, first) => {
    for (let number = 1; number <= 5; number++) await add(number)
    expect(await trail.firstAltered()).toBeUndefined()
    await tamper(statement)
    expect(await trail.firstAltered()).toBe(first)
  })

  it('is verified in pieces, each joined to the one before', async () => {
    await test.database.change((tx) =>
      tx.execute(
        sql`select audit_append('operator', 'test.add', n::text, null, '{}') from generate_series(1, 10050) n`,
      ),
    )
    expect(await trail.firstAltered()).toBeUndefined()
    for (const id of [10_049, 10_001, 10_000]) {
      await tamper(`update audit_event set actor = 'eve' where id = ${id}`)
      expect(await trail.firstAltered()).toBe(id)
    }
  })

  it('is read by client, actor, kind of action and time, in both directions', async () => {
    await add(1, 'acme')
    await trail.add({ actor: 'staff:ivan', action: 'test_add', subject: 'thing:2', client: 'zeta' })
    await add(3)
    const ids = async (filter: object) => (await trail.list({ limit: 10, ...filter })).map(({ id }) => id)
    expect(await ids({ client: 'acme' })).toEqual([1])
    expect(await ids({ actor: 'staff:ivan' })).toEqual([2])
    expect(await ids({ action: 'test.' })).toEqual([3, 1])
    // A character of LIKE is a character here.
    expect(await ids({ action: 'test_' })).toEqual([2])
    expect(await ids({ before: 3 })).toEqual([2, 1])
    expect(await ids({ after: 1 })).toEqual([2, 3])
    const later = new Date(Date.now() + 60_000)
    expect(await ids({ from: new Date(0), to: later })).toEqual([3, 2, 1])
    expect([await ids({ from: later }), await ids({ to: new Date(0) })]).toEqual([[], []])
  })
})
