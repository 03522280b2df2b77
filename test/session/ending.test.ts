import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isAlive } from '#gateway/storage/process-alive.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { newestEndedSession } from '#test/harness/recorded.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { openTerminal } from '#test/harness/terminal.ts'

describe('a session', needsSshdTerminals(), () => {
  let world: Reachable
  beforeEach(async () => {
    world = await reachable()
  })
  afterEach(() => world[Symbol.asyncDispose]())

  /** A terminal in which a shell has told its process number. */
  async function working() {
    const pidFile = join(world.sshd.directory, 'pid')
    const terminal = openTerminal(world.gateway, 'web1.acme', [`echo $$ > ${pidFile}; echo in; exec cat`])
    await terminal.until('in\r\n')
    return { terminal, pid: Number(await readFile(pidFile, 'utf8')) }
  }

  it('ends on the target too when the ssh of the administrator is killed', async () => {
    const { terminal, pid } = await working()
    terminal.kill('SIGKILL')
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5000 })
    expect(await newestEndedSession(world.gateway)).toMatchObject({ state: 'ended' })
  })

  it('says that the target closed the connection', async () => {
    const { terminal, pid } = await working()
    // The server process of this one connection is the parent of what it runs.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    process.kill(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]), 'SIGKILL')
    await terminal.until('gatebook: web1.acme closed the connection')
    expect(await terminal.ended).toBe(255)
    expect((await newestEndedSession(world.gateway)).endReason).toBe('web1.acme closed the connection')
  })

  it('is told when the gateway stops, and is whole on record', async () => {
    const { terminal } = await working()
    const restarted = await world.gateway.restart()
    await terminal.until('gatebook: the gateway is stopping; connect again in a minute')
    expect(await terminal.ended).toBe(255)
    expect(await newestEndedSession(restarted)).toMatchObject({ state: 'ended' })
    await restarted.close()
  })

  it('is ended by somebody else with a word to the administrator, who may come back; others go on', async () => {
    const { gateway } = world
    const staying = openTerminal(gateway, 'web1.acme', ['echo in; exec cat'])
    await staying.until('in\r\n')
    const { terminal } = await working()
    const [newest] = await gateway.stores.sessions.list({ limit: 1 })
    const why = 'ended by staff:olga: call me'
    await gateway.stores.sessions.askEnd(newest?.id ?? '', why, 'staff:olga')
    await terminal.until(`\r\ngatebook: ${why}\r\n`)
    expect(await terminal.ended).toBe(255)
    const session = await vi.waitFor(async () => {
      const shown = await gateway.stores.sessions.show(newest?.id ?? '')
      expect(shown?.state).toBe('ended')
      return shown
    })
    expect(session?.endReason).toBe(why)
    await expect(gateway.stores.sessions.askEnd(newest?.id ?? '', why, 'operator')).rejects.toMatchObject({
      code: 'conflict',
    })
    staying.type('still here\r')
    await staying.until('still here\r\nstill here')
    const again = openTerminal(gateway, 'web1.acme', ['echo in'])
    await again.until('in\r\n')
    staying.type('\x04')
    expect([await again.ended, await staying.ended]).toEqual([0, 0])
  })

  it('leaves when its administrator leaves by ~.', async () => {
    const { terminal } = await working()
    terminal.type('\r~.')
    expect(await terminal.ended).toBe(255)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ state: 'ended', exitStatus: undefined })
  })
})
