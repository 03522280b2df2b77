import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { noForwarding } from '#gateway/access/forwarding.ts'
import { installation } from './installation.ts'

async function acme() {
  const home = await installation()
  await home.gatebook(['client', 'add', 'acme', '--name', 'Acme', '--zone', 'UTC'])
  await home.gatebook('target add web1.acme --host 192.0.2.1')
  return home
}

const nothing = { idleEndS: 0, idleWarnS: 60, idleCountsOutput: false, forward: noForwarding }

describe('policies', () => {
  it('are set for a client, else for a target, and taken away again', async () => {
    await using home = await acme()
    expect(await home.json('client show acme')).toMatchObject({ policy: nothing, ownPolicy: {} })
    await home.gatebook('client set acme --idle-end 15 --idle-warn 2')
    const client = { idleEndS: 900, idleWarnS: 120 }
    expect(await home.json('client show acme')).toMatchObject({ policy: { ...nothing, ...client }, ownPolicy: client })
    await home.gatebook('target set web1.acme --idle-end 0 --idle-counts-output yes')
    expect(await home.json('target show web1.acme')).toMatchObject({
      policy: { idleEndS: 0, idleWarnS: 120, idleCountsOutput: true },
      ownPolicy: { idleEndS: 0, idleCountsOutput: true },
    })
    await home.gatebook('target set web1.acme --idle-end default')
    expect(await home.json('target show web1.acme')).toMatchObject({
      policy: { ...client, idleCountsOutput: true },
      ownPolicy: { idleCountsOutput: true },
    })
    await home.gatebook('target set web1.acme --policy default')
    expect(await home.json('target show web1.acme')).toMatchObject({ policy: client, ownPolicy: {} })
  })

  it('are shown to people with the word inherited where somebody else said them', async () => {
    await using home = await acme()
    await home.gatebook('client set acme --idle-end 15')
    expect((await home.gatebook('client show acme')).out).toMatch(/^idle end +15 min$/m)
    expect((await home.gatebook('target show web1.acme')).out).toMatch(/^idle end +15 min \(inherited\)$/m)
    expect((await home.gatebook('client show acme')).out).toMatch(/^idle counts output +no \(inherited\)$/m)
  })

  it('say what ssh may forward, which a target replaces as a whole', async () => {
    await using home = await acme()
    await home.gatebook('client set acme --forward db1:5432,remote')
    expect(await home.json('client show acme')).toMatchObject({
      policy: { forward: { ...noForwarding, local: ['db1:5432'], remote: true } },
    })
    expect((await home.gatebook('target show web1.acme')).out).toMatch(/^forwarding +db1:5432,remote \(inherited\)$/m)
    await home.gatebook('target set web1.acme --forward agent')
    expect((await home.gatebook('target show web1.acme')).out).toMatch(/^forwarding +agent$/m)
    await home.gatebook('target set web1.acme --forward none')
    expect((await home.gatebook('target show web1.acme')).out).toMatch(/^forwarding +none$/m)
  })

  it('say what the line of authorized_keys must allow as well, and that line allows it', async () => {
    await using home = await acme()
    const line = async () => (await home.gatebook('key show acme')).out.split(' ')[0]
    await home.gatebook('key issue acme')
    expect(await line()).toBe('restrict,pty')
    const seen = await home.gatebook('target set web1.acme --forward db1:5432,agent')
    expect(seen.err).toContain('this needs port-forwarding and agent-forwarding in authorized_keys of the servers')
    expect(await line()).toBe('restrict,pty,port-forwarding,agent-forwarding')
    expect((await home.gatebook('client set acme --forward db2:5432')).err).not.toContain('authorized_keys')
    await home.gatebook('target set web1.acme --policy default')
    expect(await line()).toBe('restrict,pty,port-forwarding')
    await home.gatebook('target set web1.acme --forward x11')
    await home.gatebook('target remove web1.acme')
    expect(await line()).toBe('restrict,pty,port-forwarding')
    await home.database.change((tx) => tx.execute(sql`update client set policy = '{"fourEyes": true}'`))
    expect(await line()).toBe('restrict,pty')
  })

  it('leave everything else as it is, and everything else leaves them', async () => {
    await using home = await acme()
    await home.gatebook('client set acme --idle-end 15')
    await home.gatebook(['client', 'set', 'acme', '--name', 'Acme Ltd'])
    expect(await home.json('client show acme')).toMatchObject({ name: 'Acme Ltd', ownPolicy: { idleEndS: 900 } })
  })

  it('are on the audit trail with who changed what', async () => {
    await using home = await acme()
    await home.gatebook('client set acme --idle-end 15')
    await home.gatebook('target set web1.acme --idle-end default')
    await home.gatebook('target set web1.acme --policy default')
    const { rows } = await home.database.read((queries) =>
      queries.execute(sql`select action, subject, detail -> 'policy' as policy from audit_event order by id`),
    )
    expect(rows.slice(-3)).toEqual([
      { action: 'client.set', subject: 'client:acme', policy: { idleEndS: 900 } },
      { action: 'target.set', subject: 'target:web1.acme', policy: { idleEndS: null } },
      { action: 'target.set', subject: 'target:web1.acme', policy: 'default' },
    ])
  })

  it('that this gateway does not know are refused, and --policy default is the way out', async () => {
    await using home = await acme()
    await home.database.change((tx) => tx.execute(sql`update client set policy = '{"fourEyes": true}'`))
    const seen = await home.gatebook('target show web1.acme')
    expect(seen).toMatchObject({ out: '', status: 1 })
    expect(seen.err).toMatch(
      /^gatebook: the policy of client acme cannot be read \(.*fourEyes.*\); .*--policy default\n$/,
    )
    expect((await home.gatebook('client set acme --policy default')).status).toBe(0)
    expect(await home.json('target show web1.acme')).toMatchObject({ policy: nothing })
  })
})
