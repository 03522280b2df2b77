import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleAccess, sampleSession } from '#test/storage/sample-access.ts'
import { installation } from './installation.ts'

describe('gatebook task', () => {
  let home: Awaited<ReturnType<typeof installation>>
  let access: Awaited<ReturnType<typeof sampleAccess>>
  beforeAll(async () => {
    home = await installation()
    access = await sampleAccess(home.database)
  })
  afterAll(() => home[Symbol.asyncDispose]())

  it('add raises one and prints its number', async () => {
    const seen = await home.gatebook(['task', 'add', 'acme', 'Renew the certificate'])
    expect(seen).toEqual({ out: 'ACME-1\n', err: 'gatebook: raised ACME-1\n', status: 0 })
    const before = Date.now()
    const shown = await home.json('task show acme-1')
    expect(shown).toEqual({
      id: expect.any(String),
      number: 'ACME-1',
      client: 'acme',
      kind: 'request',
      title: 'Renew the certificate',
      note: '',
      status: 'open',
      estimateMinutes: null,
      raisedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      raisedBy: 'operator',
      closedAt: null,
      closedBy: null,
      firstSessionAt: null,
      reactionMs: null,
    })
    expect(Date.parse((shown as { raisedAt: string }).raisedAt)).toBeLessThanOrEqual(before)
  })

  it('add takes all that is known of an incident, and --json shows it', async () => {
    const words = ['--kind', 'incident', '--note', 'since\nmidnight', '--estimate', '90']
    const when = ['--raised-at', '2026-11-23T03:12:00+03:00', '--json']
    const { out } = await home.gatebook(['task', 'add', 'acme', 'The shop is down', ...words, ...when])
    expect(JSON.parse(out)).toMatchObject({
      number: 'ACME-2',
      kind: 'incident',
      note: 'since\nmidnight',
      estimateMinutes: 90,
      raisedAt: '2026-11-23T00:12:00.000Z',
    })
  })

  it('show says how soon somebody worked on it', async () => {
    const { id } = await sampleSession(home.database, access, { startedAt: new Date('2026-11-23T00:25:31.500Z') })
    await home.stores.sessions.setPurpose(id, { task: 'ACME-2' })
    expect(await home.json('task show ACME-2')).toMatchObject({
      firstSessionAt: '2026-11-23T00:25:31.500Z',
      reactionMs: 811_500,
    })
    const { out } = await home.gatebook('task show ACME-2')
    expect(out).toMatch(/^reaction +0:13:31$/m)
    expect(out).toMatch(/^note +since\n {15}midnight$/m)
    expect(out).toMatch(/^estimate +90 min$/m)
    expect((await home.json('session list --task acme-2')) as unknown[]).toMatchObject([{ id, task: 'ACME-2' }])
    expect(await home.json('session list --task ACME-1')).toEqual([])
    expect((await home.gatebook('session list')).out).toContain('ACME-2')
  })

  it('list filters by client and status', async () => {
    await home.gatebook(['client', 'add', 'zeta', '--name', 'Zeta', '--zone', 'UTC'])
    await home.gatebook(['task', 'add', 'zeta', 'Move the mail'])
    const numbers = async (args: string) =>
      ((await home.json(`task list${args}`)) as { number: string }[]).map(({ number }) => number)
    // By when they were raised, not by their number.
    expect(await numbers('')).toEqual(['ZETA-1', 'ACME-1', 'ACME-2'])
    expect(await numbers(' --client acme')).toEqual(['ACME-1', 'ACME-2'])
    expect(await home.gatebook('task close ACME-1')).toEqual({
      out: '',
      err: 'gatebook: ACME-1 is closed\n',
      status: 0,
    })
    expect(await numbers(' --client acme --status open')).toEqual(['ACME-2'])
    expect(await numbers(' --status closed')).toEqual(['ACME-1'])
    const { out } = await home.gatebook('task list')
    expect(out.split('\n')[0]).toMatch(/^number +kind +status +raised +by +reaction +title$/)
    expect(out).toMatch(/^ACME-2 +incident +open +2026-11-23 00:12:00Z +operator +0:13:31 +The shop is down$/m)
  })

  it('close and reopen each say when there is nothing to do', async () => {
    expect((await home.gatebook('task close ACME-1')).err).toBe('gatebook: task ACME-1 is closed already\n')
    expect((await home.gatebook('task reopen ACME-1')).err).toBe('gatebook: ACME-1 is open\n')
    expect(await home.gatebook('task reopen ACME-1')).toMatchObject({ status: 1 })
    expect(await home.json('task show ACME-1')).toMatchObject({ status: 'open', closedAt: null, closedBy: null })
  })

  it('is what a session can be attached to afterwards, with a reason, and the trail has what was there', async () => {
    const { id } = await sampleSession(home.database, access)
    await home.stores.sessions.setPurpose(id, { reason: 'first' })
    await home.gatebook('task close ACME-1')
    const why = ['--reason', 'the number was forgotten']
    const seen = await home.gatebook(['session', 'set', id.slice(0, 13), '--task', 'acme-1', ...why])
    expect(seen).toEqual({ out: '', err: `gatebook: session ${id} is for ACME-1\n`, status: 0 })
    expect(await home.json(`session show ${id}`)).toMatchObject({ task: 'ACME-1', reason: 'the number was forgotten' })
    await home.gatebook(['session', 'set', id, '--reason', 'a better one'])
    expect(await home.json(`session show ${id}`)).toMatchObject({ task: 'ACME-1', reason: 'a better one' })
    const { rows } = await home.database.read((queries) =>
      queries.execute(sql`select actor, subject, detail from audit_event where action = 'session.set' order by id`),
    )
    const event = { actor: 'operator', subject: `session:${id}` }
    expect(rows).toEqual([
      {
        ...event,
        detail: { task: 'ACME-1', reason: 'the number was forgotten', before: { task: null, reason: 'first' } },
      },
      { ...event, detail: { reason: 'a better one', before: { task: 'ACME-1', reason: 'the number was forgotten' } } },
    ])
  })

  it.each([
    [['--task', 'ZETA-1', '--reason', 'x'], 1, 'ZETA-1 is no task of acme, whose session this is'],
    [['--task', 'ACME-99', '--reason', 'x'], 1, 'there is no task ACME-99'],
    [['--task', 'ACME-1'], 2, '--reason <text> is missing'],
    [['--reason', '\x1b[2J'], 2, 'one line of 500 characters at most, without control characters is expected'],
  ])('is not attached by session set %j', async (args, status, text) => {
    const { id } = await sampleSession(home.database, access)
    const seen = await home.gatebook(['session', 'set', id, ...args])
    expect([seen.status, seen.out]).toEqual([status, ''])
    expect(seen.err).toContain(text)
    expect(await home.json(`session show ${id}`)).toMatchObject({ task: null, reason: null })
  })

  it.each([
    ['task show ACME-99', 1, 'there is no task ACME-99; see: gatebook task list --client acme'],
    ['task close NOPE-1', 1, 'there is no task NOPE-1'],
    ['task add nope title', 1, 'there is no client nope'],
    ['session list --task 17', 2, 'the number of a task looks like ACME-17'],
    ['task show 17', 2, 'the number of a task looks like ACME-17'],
    ['task add acme title --kind wish', 2, '--kind takes one of request, incident, not wish'],
    ['task add acme title --estimate 0', 2, 'a whole number from 1 to 100000'],
    ['task add acme title --raised-at tomorrow', 2, 'a date such as'],
    ['task add acme title --raised-at 2999-01-01', 2, 'that time is still to come'],
    ['task add acme title --note \x1b[2J', 2, '4000 characters at most, without control characters is expected'],
    ['task add acme \x1b[2J', 2, 'one line of 200 characters at most, without control characters is expected'],
    ['task list --status done', 2, '--status takes one of open, closed'],
  ])('%s is refused', async (args, status, text) => {
    const seen = await home.gatebook(args)
    expect([seen.status, seen.out]).toEqual([status, ''])
    expect(seen.err).toContain(text)
    expect(seen.err).not.toContain('\x1b')
  })
})
