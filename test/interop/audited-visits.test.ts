import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuditEvent } from '#gateway/access/audit-trail.ts'
import { addStaff } from '#test/harness/gateway.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { ssh } from '#test/harness/ssh.ts'

describe('the audit trail of the SSH door', needsProgram('sshd', 'openssh-server'), () => {
  let world: Reachable
  beforeAll(async () => {
    world = await reachable()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  /** They are written a moment later. */
  const noted = (action: string): Promise<AuditEvent> =>
    vi.waitFor(
      async () => {
        const [event] = await world.gateway.stores.auditTrail.list({ action, limit: 1 })
        if (event === undefined) throw new Error(`the trail has no ${action}`)
        return event
      },
      { timeout: 10_000 },
    )

  it('has who signed in, from where and by which key', async () => {
    await ssh(world.gateway, 'web1.acme', ['true'])
    expect(await noted('sign-in')).toMatchObject({
      actor: 'staff:ivan',
      subject: 'staff:ivan',
      client: undefined,
      detail: { by: 'ssh', sourceAddress: '127.0.0.1', key: expect.stringMatching(/^SHA256:/) },
    })
  })

  it('has who was refused where, and why', async () => {
    await addStaff(world.gateway, world.gateway.directory, 'olga')
    await ssh({ ...world.gateway, keyFile: `${world.gateway.directory}/olga` }, 'web1.acme', ['true'])
    expect(await noted('session.refuse')).toMatchObject({
      actor: 'staff:olga',
      subject: 'target:web1.acme',
      client: 'acme',
      detail: { why: 'no-grant', sourceAddress: '127.0.0.1' },
    })
  })
})
