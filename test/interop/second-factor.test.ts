import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { enrol, type Authenticator } from '#test/harness/second-factor.ts'
import { stillClock } from '#test/harness/still-clock.ts'
import { run, ssh, sshArguments, sshOptions, type SshResult } from '#test/harness/ssh.ts'
import { openTerminal } from '#test/harness/terminal.ts'

/** Interactive as people have it: the code is typed, or given by `SSH_ASKPASS`. */
const ASKING = ['-o', 'BatchMode=no']

describe('a second factor with OpenSSH', needsSshdTerminals(), () => {
  const clock = stillClock()
  let world: Reachable
  let app: Authenticator
  let directory: string
  beforeAll(async () => {
    world = await reachable({ clock })
    app = await enrol(world.gateway, world.gateway.staff, clock)
    directory = world.gateway.directory
    const askpass = `#!/bin/sh\necho "$1" >> '${directory}/asked'\ncat '${directory}/code'\n`
    await writeFile(join(directory, 'askpass'), askpass, { mode: 0o700 })
    await writeFile(join(directory, 'ssh_config'), configOf(world))
  })
  afterAll(() => world[Symbol.asyncDispose]())
  beforeEach(async () => {
    // The next code: that of the test before is used.
    clock.pass(30)
    await writeFile(join(directory, 'code'), `${app.code()}\n`)
    await writeFile(join(directory, 'asked'), '')
  })

  /** Runs a program that asks with `SSH_ASKPASS`, and says what it was asked. */
  async function asking(program: string, args: readonly string[]): Promise<SshResult & { asked: string }> {
    const env = { ...process.env, SSH_ASKPASS: join(directory, 'askpass'), SSH_ASKPASS_REQUIRE: 'force' }
    const result = await run(program, args, { env })
    const asked = await readFile(join(directory, 'asked'), 'utf8')
    return { ...result, asked }
  }
  const once = (userName: string) => `(${userName}@127.0.0.1) gatebook code for ivan: \n`

  it('is typed in a terminal, hidden, and then there is the shell', async () => {
    const terminal = openTerminal(world.gateway, 'web1.acme', [
      ...ASKING,
      '-o',
      'LogLevel=INFO',
      '--',
      'echo in; exit 3',
    ])
    await terminal.until('(web1.acme@127.0.0.1) gatebook code for ivan: ')
    terminal.type(`${app.wrongCode()}\r`)
    await terminal.until('gatebook: that code is wrong')
    await terminal.until('gatebook code for ivan: ')
    const code = app.code()
    terminal.type(`${code.slice(0, 3)} ${code.slice(3)}\r`)
    await terminal.until('in\r\n')
    expect(await terminal.ended).toBe(3)
    expect(terminal.output().toString()).not.toContain(code.slice(3))
  })

  it('is asked for before a command', async () => {
    const args = sshArguments(world.gateway, 'web1.acme', [...ASKING, '--', 'echo in'])
    expect(await asking('ssh', args)).toMatchObject({ stdout: Buffer.from('in\n'), asked: once('web1.acme') })
  })

  it('is asked for before a command of the gateway', async () => {
    const args = sshArguments(world.gateway, 'ivan', [...ASKING, '--', 'whoami'])
    expect(await asking('ssh', args)).toMatchObject({
      stdout: Buffer.from('ivan (ivan), engineer\n'),
      asked: once('ivan'),
    })
  })

  it('is asked for before the menu', async () => {
    const terminal = openTerminal(world.gateway, 'ivan', ASKING.concat('--'))
    await terminal.until('gatebook code for ivan: ')
    terminal.type(`${app.code()}\r`)
    await terminal.until('Esc leaves')
    terminal.type('\x1b')
    expect(await terminal.ended).toBe(0)
  })

  it.each([
    ['sftp', []],
    ['scp -O', ['-O']],
  ])('is asked for before files by %s', async (name, mode) => {
    const port = ['-P', String(world.gateway.sshPort)]
    const options = ['-q', ...mode, ...ASKING, ...port, ...sshOptions(world.gateway)]
    const there = join(world.sshd.directory, name.replaceAll(' ', ''))
    const sent = await asking('scp', [...options, join(directory, 'asked'), `web1.acme@127.0.0.1:${there}`])
    expect(sent).toMatchObject({ status: 0, asked: once('web1.acme') })
  })

  it('is asked for once for both connections of ssh -J', async () => {
    const args = ['-F', join(directory, 'ssh_config'), '-J', 'bastion', `${world.sshd.login}@web1.acme`, 'echo in']
    expect(await asking('ssh', args)).toMatchObject({ stdout: Buffer.from('in\n'), asked: once('ivan') })
  })

  it('is asked for inside ssh -J where the connection around has given none', async () => {
    const { gateway } = world
    const socket = join(directory, 'control')
    await gateway.stores.secondFactors.remove(gateway.staff.id, 'test')
    const bastion = ['-F', join(directory, 'ssh_config'), '-S', socket]
    expect(await run('ssh', [...bastion, '-fNM', 'bastion'])).toMatchObject({ status: 0 })
    try {
      app = await enrol(gateway, gateway.staff, clock)
      await writeFile(join(directory, 'code'), `${app.code()}\n`)
      // The way of `-J`, over the connection that is there already.
      const way = `ProxyCommand=ssh ${bastion.join(' ')} -W %h:%p bastion`
      const target = [...ASKING, '-o', way, ...sshOptions(gateway), `${world.sshd.login}@web1.acme`, 'echo in']
      const asked = `(${world.sshd.login}@web1.acme) gatebook code for ivan: \n`
      expect(await asking('ssh', target)).toMatchObject({ stdout: Buffer.from('in\n'), asked })
    } finally {
      await run('ssh', [...bastion, '-O', 'exit', 'bastion'])
    }
  })

  it('keeps out who cannot be asked', async () => {
    const { stdout, stderr, status } = await ssh(world.gateway, 'web1.acme', ['echo in'])
    expect([stdout.length, status]).toEqual([0, 255])
    expect(stderr).toContain('Permission denied (keyboard-interactive)')
  })
})

/** A configuration in which `bastion` is the gateway, as an administrator has it. */
function configOf({ gateway }: Reachable): string {
  const bastion = ['Host bastion', 'HostName 127.0.0.1', `Port ${gateway.sshPort}`, 'User ivan', 'Host *']
  const trust = ['StrictHostKeyChecking no', 'UserKnownHostsFile /dev/null', `IdentityFile ${gateway.keyFile}`]
  return [...bastion, 'IdentitiesOnly yes', 'IdentityAgent none', 'LogLevel ERROR', ...trust, ''].join('\n')
}
