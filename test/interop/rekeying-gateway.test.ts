import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { finished } from '#test/harness/ssh.ts'
import { writeSshConfig } from '#test/harness/ssh-config.ts'

const MiB = 2 ** 20
const never = { bytes: 2 ** 40, ms: 2 ** 30 }
/** When the gateway asks for new keys, on every connection that it has. */
const limit = vi.hoisted(() => ({ bytes: 2 ** 40, ms: 2 ** 30 }))
vi.mock(import('#gateway/transport/key-age.ts'), async (original) => ({ ...(await original()), keyLimit: limit }))

describe('new keys through the whole gateway', needsProgram('sshd', 'openssh-server'), () => {
  const content = randomBytes(8 * MiB)
  let world: Reachable
  let config: string
  beforeAll(async () => {
    world = await reachable({ sshdConfig: ['RekeyLimit 1M'] })
    config = await writeSshConfig(world)
  })
  afterAll(() => world[Symbol.asyncDispose]())
  afterEach(async () => {
    Object.assign(limit, never)
    await Promise.all(['inner', 'outer'].map((name) => rm(log(name), { force: true })))
  })

  const log = (name: string) => join(world.gateway.directory, `${name}.log`)
  /** How often a client has agreed on keys. */
  const agreed = async (name: string) =>
    (await readFile(log(name), 'utf8').catch(() => '')).split('SSH2_MSG_NEWKEYS received').length - 1

  /** Of these clients each writes a log: that of a session, and inside -J the one around it. */
  const ways = [
    ['plain', ['inner']],
    ['-J', ['inner', 'outer']],
  ] as const

  function start(way: string, command: string, options: readonly string[] = []): ChildProcessWithoutNullStreams {
    const client = (name: string) => ['-v', '-E', log(name), '-F', config, '-o', 'LogLevel=DEBUG1', ...options]
    const around = ['ssh', ...client('outer'), '-W', '%h:%p', 'bastion'].join(' ')
    const route = way === 'plain' ? ['web1'] : ['-o', `ProxyCommand=${around}`, 'web1.acme']
    return spawn('ssh', [...client('inner'), ...route, command])
  }

  it.each([
    ['the gateway and the target', 'plain', []],
    ['the gateway and the target', '-J', []],
    ['the gateway, the target and each client', 'plain', ['-o', 'RekeyLimit=512K']],
    ['the gateway, the target and each client', '-J', ['-o', 'RekeyLimit=512K']],
  ])('are agreed under load when %s ask for them: %s', async (_, way, options) => {
    limit.bytes = MiB
    const { stdout, status } = await finished(start(way, 'cat', options), content)
    expect([status, stdout.equals(content)]).toEqual([0, true])
    for (const name of way === '-J' ? ['inner', 'outer'] : ['inner']) expect(await agreed(name)).toBeGreaterThan(5)
    const session = await newestEndedSession(world.gateway)
    const events = await recordedEvents(world.gateway, session.id)
    expect(bytesOf(events, 'input').equals(content)).toBe(true)
    expect(bytesOf(events, 'output').equals(content)).toBe(true)
  })

  /** Waits until the command has begun to speak, and each of these clients has agreed on keys four times since. */
  async function renewed(ssh: ChildProcessWithoutNullStreams, clients: readonly string[]): Promise<void> {
    await once(ssh.stdout, 'data')
    for (const name of clients) {
      const before = await agreed(name)
      await vi.waitFor(async () => expect(await agreed(name)).toBeGreaterThan(before + 3), 20_000)
    }
  }

  it.each(ways)('are agreed in time where nobody says anything: %s', async (way, clients) => {
    limit.ms = 300
    const ssh = start(way, 'echo ready; cat')
    const end = finished(ssh)
    await renewed(ssh, clients)
    ssh.stdin.end('still there')
    const { stdout, status } = await end
    expect([status, stdout.toString()]).toEqual([0, 'ready\nstill there'])
  })

  it.each(ways)('are agreed in time in the middle of a flood: %s', async (way, clients) => {
    limit.ms = 50
    const ssh = start(way, 'seq 1000000000')
    const end = finished(ssh)
    await renewed(ssh, clients)
    ssh.kill()
    const lines = (await end).stdout.toString().split('\n').slice(0, -1)
    expect(lines.findIndex((line, index) => line !== String(index + 1))).toBe(-1)
  })
})
