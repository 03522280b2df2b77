import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sessionVerification } from '#shared/seal.ts'
import { systemClock } from '#gateway/clock.ts'
import { signTrail } from '#gateway/recording/seal/signed-trail.ts'
import { loggedSigningKey, TEST_GATEWAY } from '#test/harness/signing.ts'
import { sealedInstallation } from './sealed-installation.ts'

let home: Awaited<ReturnType<typeof sealedInstallation>>
beforeEach(async () => {
  home = await sealedInstallation()
  await home.signHead()
})
afterEach(() => home[Symbol.asyncDispose]())

describe('gatebook verify', () => {
  it('says of a session that it is intact, and exits 0', async () => {
    const seen = await home.gatebook(`verify ${home.ids[0].slice(0, 13)}`)
    expect(seen).toMatchObject({ err: '', status: 0 })
    expect(seen.out).toMatch(
      new RegExp(
        `^${home.ids[0]}  intact: sealed, verified to 0:02:00\\.000000 \\(2 channels, 13 events, signed .*Z\\)\n$`,
      ),
    )
    expect(sessionVerification.strict().parse(await home.json(`verify ${home.ids[0]}`))).toMatchObject({
      verdict: 'intact',
      state: 'sealed',
      events: 13,
      what: null,
    })
  })

  it('names the first bad event and exits 1', async () => {
    await home.alter(sql`update frame set checks = set_byte(checks, 5, get_byte(checks, 5) # 1) where channel = 0`)
    const seen = await home.gatebook(`verify ${home.ids[0]}`)
    expect(seen).toEqual({
      out: `${home.ids[0]}  altered: channel 0, event 5, at 0:00:02.005000: it is not what was sealed\n`,
      err: '',
      status: 1,
    })
    const json = await home.gatebook(`verify ${home.ids[0]} --json`)
    expect([json.status, JSON.parse(json.out)]).toMatchObject([
      1,
      { verdict: 'altered', channel: 0, event: 5, atUs: 2_005_000 },
    ])
  })

  describe('of the audit trail', () => {
    const trail = async () => {
      const { out, status } = await home.gatebook('verify --all')
      return [/^audit trail {2}(.*)$/m.exec(out)?.[1], status]
    }
    beforeEach(async () => {
      await home.gatebook(['task', 'add', 'acme', 'Renew the certificate'])
      const key = await loggedSigningKey(home.stores.sessionLog)
      const parts = { ...home.stores, trail: home.stores.auditTrail, key, gatewayId: TEST_GATEWAY, clock: systemClock }
      await signTrail(parts, 0)
      await home.signHead()
    })

    it('says that it is the signed one', async () => {
      const last = await home.stores.auditTrail.lastLink()
      expect(await trail()).toEqual([`intact: ${last?.id} entries are signed`, 0])
    })

    it('names an entry that was altered', async () => {
      await home.alter(sql`update audit_event set actor = 'staff:eve' where action = 'task.add'`)
      expect(await trail()).toEqual([expect.stringMatching(/^altered: entry \d+ of the audit trail is not as/), 1])
    })

    it('sees that its end is missing', async () => {
      await home.alter(sql`delete from audit_event where id = (select max(id) from audit_event)`)
      expect(await trail()).toEqual([
        expect.stringMatching(/^altered: the end of the audit trail is missing: gateway/),
        1,
      ])
    })

    it('sees that it was written anew, as one chain', async () => {
      const { rows } = await home.database.read((queries) =>
        queries.execute(sql`select count(*) as n from audit_event`),
      )
      const again = sql`select audit_append('operator', 'nothing', 'nobody', null, '{}') from generate_series(1, ${Number(rows[0]?.n)})`
      await home.alter(sql`delete from audit_event`, again)
      expect(await trail()).toEqual([expect.stringMatching(/^altered: the audit trail was written anew: gateway/), 1])
    })

    it('sees that what was signed of it is signed by nobody', async () => {
      await home.alter(sql`update session_log set statement = replace(statement, 'a', 'b') where kind = 'trail'`)
      expect((await trail())[1]).toBe(1)
    })
  })

  it('says of everything how it stands, with the heads of a file', async () => {
    const seen = await home.gatebook(`verify --all --head ${home.heads}`)
    expect(seen.status).toBe(0)
    expect(seen.out).toMatch(
      /^2 sessions intact, 0 altered\nlog of sessions  intact: 5 entries, newest head of .*Z\naudit trail  intact: 0 entries are signed\n$/,
    )
    expect(seen.err).toBe(`gatebook: 1 line of ${home.heads} is no tree head\n`)
    expect(await home.json('verify --all')).toMatchObject({
      log: { verdict: 'intact', entries: 5 },
      intact: 2,
      altered: [],
    })
  })

  it('knows a session that was removed, by the log', async () => {
    const [id] = home.ids
    await home.alter(
      ...['frame', 'event_salt', 'keystroke_run', 'channel'].map(
        (table) => sql`delete from ${sql.identifier(table)} where session_id = ${id}`,
      ),
      sql`delete from session where id = ${id}`,
    )
    const gone = `${id}  altered: it is not in the database any more\n`
    expect(await home.gatebook(`verify ${id}`)).toEqual({ out: gone, err: '', status: 1 })
    const all = await home.gatebook('verify --all')
    expect(all).toMatchObject({ status: 1 })
    expect(all.out).toMatch(new RegExp(`^${gone}1 session intact, 1 altered\n`))
  })

  it('sees an older database by the head that the data directory remembers, and by one in a file', async () => {
    await home.alter(sql`delete from session_log where index > 2`, sql`delete from tree_head`)
    for (const head of ['', ` --head ${home.heads}`]) {
      const seen = await home.gatebook(`verify --all${head}`)
      expect(seen).toMatchObject({ status: 1 })
      expect(seen.out).toMatch(/log of sessions {2}altered: the log of sessions has 3 entries, but the tree head of/)
    }
  })

  it.each([
    ['verify', /give either a session or --all/, 2],
    ['verify 01a2b3c4 --all', /give either a session or --all/, 2],
    ['verify 01a2b3c4', /there is no session 01a2b3c4/, 1],
    ['verify --all --head /nowhere', /cannot read \/nowhere/, 1],
    ['verify --all --head /dev/null', /has no tree head; give a file that GATEBOOK_TREE_HEAD_FILE collected/, 1],
  ])('%s is refused', async (command, message, status) => {
    const seen = await home.gatebook(command)
    expect(seen).toMatchObject({ out: '', status })
    expect(seen.err).toMatch(message)
  })
})
