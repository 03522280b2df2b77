import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { peers } from '#test/harness/peer.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { newestEndedSession } from '#test/harness/recorded.ts'
import { finished, run, ssh, type SshResult } from '#test/harness/ssh.ts'
import { freePort } from '#test/harness/sshd.ts'

const content = randomBytes(300_000)

const programs = peers(
  ['ssh', 'openssh-client', '-V'],
  ['sshd', 'openssh-server', '-V'],
  ['rsync', 'rsync', '--version'],
  ['git', 'git', '--version'],
)

describe('what ssh-config prints', programs, () => {
  let world: Reachable
  /** A configuration of ssh that has the block, one line of known_hosts, and trusts nothing else. */
  let config: string
  let block: string
  let sent: string
  const there = (name: string) => join(world.sshd.directory, name)
  const here = (name: string) => join(world.gateway.directory, name)
  const withConfig = (program: string, ...args: string[]): Promise<SshResult> => run(program, ['-F', config, ...args])

  beforeAll(async () => {
    const address = `127.0.0.1:${await freePort()}`
    world = await reachable({ environment: { GATEBOOK_SSH_LISTEN: address, GATEBOOK_PUBLIC_SSH: address } })
    const { gateway, target, sshd } = world
    await gateway.stores.targets.set(target, { logins: [sshd.login, 'deploy'] }, 'test')
    await gateway.stores.staff.add(
      { login: 'i.petrov', name: 'Igor', email: 'i@example.com', roles: ['engineer'] },
      [],
      'test',
    )
    block = (await ssh(gateway, 'ivan', ['ssh-config'])).stdout.toString()
    const [line = ''] = /(?<=^# )\[127\.0\.0\.1\]:\d+ ssh-ed25519 \S+$/m.exec(block) ?? []
    await writeFile(here('block'), block)
    await writeFile(here('known_hosts'), `${line}\n`)
    config = here('config')
    const own = ['BatchMode yes', 'IdentitiesOnly yes', 'IdentityAgent none', `IdentityFile ${gateway.keyFile}`]
    const trust = [
      'StrictHostKeyChecking yes',
      'GlobalKnownHostsFile /dev/null',
      `UserKnownHostsFile ${here('known_hosts')}`,
    ]
    await writeFile(config, `Include ${here('block')}\n${['Host *', ...own, ...trust].join('\n')}\n`)
    sent = here('sent')
    await writeFile(sent, content)
  })
  afterAll(() => world[Symbol.asyncDispose]())

  it('is a host for the gateway and one for each target, with the other logins in a comment', () => {
    const port = String(world.gateway.sshPort)
    expect(block.replace(/^# .*\n/gm, '').split('\n')).toEqual([
      '',
      'Host bastion',
      '  HostName 127.0.0.1',
      `  Port ${port}`,
      '  User ivan',
      '',
      'Host web1.acme',
      `  User ${world.sshd.login}`,
      '  ProxyJump bastion',
      `  HostKeyAlias [127.0.0.1]:${port}`,
      '',
    ])
    expect(block).toContain('\n# or as deploy\nHost web1.acme\n')
  })

  it('makes ssh web1.acme work by itself, and ssh bastion', async () => {
    expect(await withConfig('ssh', 'web1.acme', 'echo in')).toEqual({
      stdout: Buffer.from('in\n'),
      stderr: '',
      status: 0,
    })
    expect(await newestEndedSession(world.gateway)).toMatchObject({ target: 'web1.acme', login: world.sshd.login })
    expect((await withConfig('ssh', 'bastion', 'whoami')).stdout.toString()).toBe('ivan (ivan), engineer\n')
  })

  it.each([
    ['scp', () => ['scp', ['-F', config, sent, `web1.acme:${there('scp')}`], there('scp')]],
    ['scp -O', () => ['scp', ['-O', '-F', config, sent, `web1.acme:${there('scp-O')}`], there('scp-O')]],
    ['scp back', () => ['scp', ['-F', config, `web1.acme:${sent}`, there('back')], there('back')]],
    ['rsync', () => ['rsync', ['-e', `ssh -F ${config}`, sent, `web1.acme:${there('rsync')}`], there('rsync')]],
  ] as const)('carries %s', async (_, how) => {
    const [program, args, copy] = how() as [string, string[], string]
    expect(await run(program, args)).toMatchObject({ stderr: '', status: 0 })
    expect((await readFile(copy)).equals(content)).toBe(true)
  })

  it('carries an sftp batch', async () => {
    await writeFile(here('batch'), `put ${sent} ${there('sftp')}\nls -1 ${there('sftp')}\n`)
    const { stdout, status } = await withConfig('sftp', '-q', '-b', here('batch'), 'web1.acme')
    expect([status, stdout.toString()]).toEqual([0, expect.stringContaining(`\n${there('sftp')}`)])
    expect((await readFile(there('sftp'))).equals(content)).toBe(true)
  })

  it('carries git clone and git push', async () => {
    const author = ['-c', 'user.name=I', '-c', 'user.email=i@example.com', '-c', `core.sshCommand=ssh -F ${config}`]
    const git = async (...args: string[]) => expect(await run('git', [...author, ...args])).toMatchObject({ status: 0 })
    await git('init', '-q', '--bare', '-b', 'main', there('repository'))
    await git('clone', '-q', `web1.acme:${there('repository')}`, here('clone'))
    await writeFile(here('clone/a file'), content)
    await git('-C', here('clone'), 'add', '.')
    await git('-C', here('clone'), 'commit', '-qm', 'first')
    await git('-C', here('clone'), 'push', '-q', 'origin', 'HEAD:main')
    await git('clone', '-q', `web1.acme:${there('repository')}`, here('again'))
    expect((await readFile(here('again/a file'))).equals(content)).toBe(true)
  })

  it('carries several commands over one ControlMaster, as one session', async () => {
    const control = ['-o', 'ControlMaster=auto', '-o', `ControlPath=${here('control')}`, '-o', 'ControlPersist=60']
    for (const word of ['one', 'two', 'three']) {
      expect((await withConfig('ssh', ...control, 'web1.acme', `echo ${word}`)).stdout.toString()).toBe(`${word}\n`)
    }
    await withConfig('ssh', ...control, '-O', 'exit', 'web1.acme')
    expect(await newestEndedSession(world.gateway)).toMatchObject({ channels: 3, exitStatus: 0 })
  })

  it('gives nobody a way on from the target: -W and -L are refused, and the session goes on', async () => {
    const through = await withConfig('ssh', '-W', '127.0.0.1:1', 'web1.acme')
    expect(through).toMatchObject({ status: 255 })
    expect(through.stderr).toContain('administratively prohibited: gatebook: forwarding to 127.0.0.1:1 is not allowed')
    const port = await freePort()
    const forward = spawn('ssh', [
      '-F',
      config,
      '-L',
      `127.0.0.1:${port}:127.0.0.1:1`,
      'web1.acme',
      'echo in; read x; echo out',
    ])
    const end = finished(forward)
    await vi.waitFor(async () => {
      const knock = await run('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port} && cat <&3`])
      expect(knock).toMatchObject({ status: 0, stdout: Buffer.alloc(0) })
    })
    forward.stdin.end('\n')
    const { stdout, stderr, status } = await end
    expect([stdout.toString(), status]).toEqual(['in\nout\n', 0])
    expect(stderr).toContain('administratively prohibited: gatebook: forwarding to 127.0.0.1:1 is not allowed')
  })

  it('takes whom the key names, not a gateway of another key', async () => {
    const line = (await readFile(here('known_hosts'), 'utf8')).replace(/\S+$/m, (key) => `${key.slice(0, -3)}AAA`)
    await writeFile(here('other_hosts'), line)
    const result = await withConfig('ssh', '-o', `UserKnownHostsFile=${here('other_hosts')}`, 'web1.acme', 'true')
    expect(result).toMatchObject({ status: 255 })
  })

  it('says the same to programs', async () => {
    const { stdout } = await ssh(world.gateway, 'ivan', ['ssh-config --json'])
    expect(JSON.parse(stdout.toString())).toMatchObject({
      host: 'bastion',
      hostName: '127.0.0.1',
      port: world.gateway.sshPort,
      user: 'ivan',
      knownHosts: [expect.stringMatching(/^\[127\.0\.0\.1\]:\d+ ssh-ed25519 \S+$/)],
      targets: [{ target: 'web1.acme', login: world.sshd.login }],
    })
  })
})
