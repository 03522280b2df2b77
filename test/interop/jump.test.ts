import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addStaff } from '#test/harness/gateway.ts'
import { writeJumpConfig } from '#test/harness/jump-config.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { finished, run, sshOptions } from '#test/harness/ssh.ts'

describe('ssh -J through the gateway', needsProgram('sshd', 'openssh-server'), () => {
  let world: Reachable
  /** A configuration in which `bastion` is the gateway, as an administrator has it. */
  let config: string
  beforeAll(async () => {
    world = await reachable()
    config = await writeJumpConfig(world.gateway, world.gateway.keyFile)
  })
  afterAll(() => world[Symbol.asyncDispose]())

  const jump = (...args: string[]) => ['-F', config, '-J', 'bastion', ...args]

  it('reaches a target by its name, with its status and both streams, on record', async () => {
    const result = await run('ssh', jump(`${world.sshd.login}@web1.acme`, 'echo out; echo err >&2; exit 7'))
    expect(result).toEqual({ stdout: Buffer.from('out\n'), stderr: 'err\n', status: 7 })
    const session = await newestEndedSession(world.gateway)
    expect(session).toMatchObject({ target: 'web1.acme', staff: 'ivan', login: world.sshd.login, exitStatus: 7 })
    expect(bytesOf(await recordedEvents(world.gateway, session.id), 'output').toString()).toBe('out\n')
  })

  it('reaches a target by the address and port that inventories know', async () => {
    const port = ['-p', String(world.sshd.port)]
    const result = await run('ssh', jump(...port, `${world.sshd.login}@127.0.0.1`, 'echo here'))
    expect(result).toMatchObject({ stdout: Buffer.from('here\n'), status: 0 })
  })

  it('carries megabytes both ways byte for byte', async () => {
    const content = randomBytes(5_000_000)
    const child = spawn('ssh', jump(`${world.sshd.login}@web1.acme`, 'cat'))
    const result = await finished(child, content)
    expect(result.stdout.equals(content)).toBe(true)
  })

  it('carries scp and several channels of one connection', async () => {
    const [sent, got] = [join(world.gateway.directory, 'sent'), join(world.gateway.directory, 'got')]
    const content = randomBytes(1_000_000)
    await writeFile(sent, content)
    const there = join(world.sshd.directory, 'copied')
    const control = ['-o', 'ControlMaster=auto', '-o', `ControlPath=${join(world.gateway.directory, 'control')}`]
    const options = ['-q', ...control, '-o', 'ControlPersist=2', ...jump()]
    const remote = `${world.sshd.login}@web1.acme:${there}`
    expect(await run('scp', [...options, sent, remote])).toMatchObject({ stderr: '', status: 0 })
    expect(await run('scp', [...options, remote, got])).toMatchObject({ stderr: '', status: 0 })
    expect((await readFile(got)).equals(content)).toBe(true)
  })

  it('refuses what is no target, and names it', async () => {
    const result = await run('ssh', jump('root@db9.other'))
    expect(result.status).toBe(255)
    expect(result.stderr).toContain('gatebook: there is no target "db9.other"')
  })

  it('refuses a login that the target does not allow, with the reason', async () => {
    const result = await run('ssh', jump('somebody@web1.acme', 'true'))
    expect(result).toMatchObject({ status: 255 })
    expect(result.stderr).toContain(`gatebook: web1.acme does not allow the login somebody, but ${world.sshd.login};`)
  })

  it('asks for the key again when somebody comes through a forwarded port, and takes nobody else', async () => {
    await addStaff(world.gateway, world.gateway.directory, 'olga')
    // A listening port of ivan's ssh, which anybody on his machine may use.
    const port = 20_000 + Math.floor(Math.random() * 20_000)
    const forward = spawn('ssh', ['-F', config, '-N', '-L', `127.0.0.1:${port}:web1.acme:22`, 'bastion'])
    const through = (keyFile: string) =>
      run('ssh', [
        ...sshOptions({ keyFile }),
        '-p',
        String(port),
        '-o',
        'ConnectionAttempts=20',
        `${world.sshd.login}@127.0.0.1`,
        'echo in',
      ])
    try {
      const olga = await through(join(world.gateway.directory, 'olga'))
      expect(olga).toMatchObject({ status: 255, stdout: Buffer.alloc(0) })
      expect(olga.stderr).toContain('Permission denied')
      expect(await through(world.gateway.keyFile)).toMatchObject({ stdout: Buffer.from('in\n'), status: 0 })
    } finally {
      forward.kill()
    }
  })
})
