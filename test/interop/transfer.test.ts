import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { run, sshOptions } from '#test/harness/ssh.ts'

const CONTENT = randomBytes(3_000_000)

describe('files over the gateway', needsProgram('sshd', 'openssh-server'), () => {
  let world: Reachable
  /** `here` on this machine, `there` where the target keeps files. */
  let here: string
  let there: string
  beforeAll(async () => {
    world = await reachable()
    ;[here, there] = [join(world.gateway.directory, 'here'), join(world.sshd.directory, 'there')]
    await mkdir(here)
    await mkdir(there)
    await writeFile(join(here, 'sent'), CONTENT)
  })
  afterAll(() => world[Symbol.asyncDispose]())

  const port = () => ['-P', String(world.gateway.sshPort)]
  const remote = (path: string) => `web1.acme@127.0.0.1:${path}`
  const sshCommand = () => ['ssh', '-p', world.gateway.sshPort, ...sshOptions(world.gateway)].join(' ')

  async function expectSame(...paths: string[]): Promise<void> {
    for (const path of paths) expect(sha256(await readFile(path)), path).toBe(sha256(CONTENT))
  }

  it.each([
    ['sftp', []],
    ['scp', ['-O']],
  ])('scp copies there and back by the protocol %s', async (name, mode) => {
    const [target, back] = [join(there, `by-${name}`), join(here, `back-by-${name}`)]
    const options = ['-q', ...mode, ...port(), ...sshOptions(world.gateway)]
    const sent = await run('scp', [...options, join(here, 'sent'), remote(target)])
    expect(sent).toMatchObject({ stderr: '', status: 0 })
    expect(await run('scp', [...options, remote(target), back])).toMatchObject({ stderr: '', status: 0 })
    await expectSame(target, back)
  })

  it('sftp puts and gets, and its bytes are on record', async () => {
    const commands = `put ${join(here, 'sent')} ${join(there, 'put')}\nget ${join(there, 'put')} ${join(here, 'got')}\n`
    await writeFile(join(here, 'batch'), commands)
    const options = ['-q', '-b', join(here, 'batch'), ...port(), ...sshOptions(world.gateway)]
    expect(await run('sftp', [...options, 'web1.acme@127.0.0.1'])).toMatchObject({ stderr: '', status: 0 })
    await expectSame(join(there, 'put'), join(here, 'got'))
    const session = await newestEndedSession(world.gateway)
    expect(session.keystrokes).toBe(0)
    const [channel] = await world.gateway.stores.sessions.channels(session.id)
    expect(channel).toMatchObject({ kind: 'subsystem', command: 'sftp', exitStatus: 0 })
    const events = await recordedEvents(world.gateway, session.id)
    expect(bytesOf(events, 'input').length).toBe(channel?.bytesIn)
    expect(bytesOf(events, 'output').length).toBe(channel?.bytesOut)
    expect(channel?.bytesOut).toBeGreaterThan(CONTENT.length)
  })

  it('rsync copies there and back', needsProgram('rsync', 'rsync'), async () => {
    const [target, back] = [join(there, 'by-rsync'), join(here, 'back-by-rsync')]
    for (const way of [
      [join(here, 'sent'), remote(target)],
      [remote(target), back],
    ]) {
      expect(await run('rsync', ['-z', '-e', sshCommand(), ...way])).toMatchObject({ stderr: '', status: 0 })
    }
    await expectSame(target, back)
  })

  it('git clones', needsProgram('git', 'git'), async () => {
    const [source, clone] = [join(there, 'repository'), join(here, 'clone')]
    const environment = { PATH: process.env.PATH, HOME: here, GIT_SSH_COMMAND: sshCommand() }
    const git = async (...args: string[]) => {
      const result = await run('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
        env: environment,
      })
      expect(result.status, result.stderr).toBe(0)
    }
    await git('init', '-q', source)
    await writeFile(join(source, 'file'), CONTENT)
    await git('-C', source, 'add', '.')
    await git('-C', source, 'commit', '-q', '-m', 'one')
    await git('clone', '-q', `ssh://web1.acme@127.0.0.1${source}`, clone)
    await expectSame(join(clone, 'file'))
  })
})

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
