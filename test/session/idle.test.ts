import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PolicyChange } from '#gateway/access/policy.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { ssh } from '#test/harness/ssh.ts'
import { openTerminal } from '#test/harness/terminal.ts'

describe('an idle session', needsSshdTerminals(), () => {
  let world: Reachable
  beforeAll(async () => {
    world = await reachable({ environment: { GATEBOOK_IDLE_S: '2' } })
  })
  afterAll(() => world[Symbol.asyncDispose]())
  beforeEach(() => set('default'))

  const set = (policy: PolicyChange | 'default') => world.gateway.stores.clients.set('acme', { policy }, 'test')

  it('is warned on the terminal and ended, whatever it prints, and the record has both', async () => {
    const terminal = openTerminal(world.gateway, 'web1.acme', ['while sleep 0.1; do echo tick; done'])
    await terminal.until(/\r\ngatebook: no key was pressed for 1 s: this session ends in 1 s unless you press one\r\n/)
    await terminal.until(/\r\ngatebook: idle: no key was pressed for 2 s\r\n/)
    expect(await terminal.ended).toBe(255)
    const { id, endReason } = await newestEndedSession(world.gateway)
    expect(endReason).toBe('idle: no key was pressed for 2 s')
    const notices = bytesOf(await recordedEvents(world.gateway, id), 'notice').toString()
    expect(notices).toMatch(/ends in 1 s[^]*gatebook: idle:/)
  })

  it('is ended without a terminal too, when nothing passes', async () => {
    const result = await ssh(world.gateway, 'web1.acme', ['--', 'echo in; sleep 100'])
    expect(result).toMatchObject({ status: 255 })
    expect(result.stdout.toString()).toBe('in\n')
    expect(result.stderr).toBe(
      'gatebook: nothing passed for 1 s: this session ends in 1 s\ngatebook: idle: nothing passed for 2 s\n',
    )
    expect((await newestEndedSession(world.gateway)).endReason).toBe('idle: nothing passed for 2 s')
  })

  it('is there for its output where the policy of its client says so', async () => {
    // A machine that is busy may lose seconds between two ticks.
    await set({ idleCountsOutput: true, idleEndS: 6, idleWarnS: 1 })
    const command = 'for tick in 1 2 3 4 5 6 7; do sleep 1; echo tick; done'
    const terminal = openTerminal(world.gateway, 'web1.acme', [command])
    expect(await terminal.ended).toBe(0)
    expect(terminal.output().toString()).not.toContain('gatebook')
  })

  it('ends when a limit is lowered below the time that has passed', async () => {
    await set({ idleEndS: 3600 })
    const terminal = openTerminal(world.gateway, 'web1.acme', ['echo in; sleep 1.5; echo later; sleep 100'])
    await terminal.until('later')
    await world.gateway.stores.targets.set(world.target, { policy: { idleEndS: 1 } }, 'test')
    await terminal.until(/gatebook: idle: no key was pressed for 1 s/)
    expect(await terminal.ended).toBe(255)
  })
})
