import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { installation } from './installation.ts'

async function acme() {
  const home = await installation()
  await home.gatebook(['client', 'add', 'acme', '--name', 'Acme', '--zone', 'UTC'])
  await home.gatebook('target add web1.acme --host 192.0.2.1')
  return home
}

const nothing = { idleEndS: 0, idleWarnS: 60, idleCountsOutput: false }

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
