import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  ASKING,
  ASKS_NUMBER,
  ASKS_NUMBER_OR_REASON,
  askingWorld,
  namesReason,
  namesTask,
  PROMPT,
  worksOn,
  type AskingWorld,
} from '#test/harness/asking-world.ts'
import { newestEndedSession } from '#test/harness/recorded.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { finished, run, ssh, sshArguments, sshOptions, startSsh } from '#test/harness/ssh.ts'
import { openTerminal } from '#test/harness/terminal.ts'

describe('where the policy wants to know what a session is for', needsSshdTerminals(), () => {
  let world: AskingWorld
  beforeAll(async () => {
    world = await askingWorld()
  })
  afterAll(() => world[Symbol.asyncDispose]())
  beforeEach(() => world.set(ASKING))

  const sessions = () => world.gateway.stores.sessions.list({ limit: 100 })

  it.each([
    ['a command', ['--', 'echo ran']],
    ['a command at a terminal, which may be a program', ['-tt', '--', 'echo ran']],
    ['a shell without a terminal', ['-T', '--']],
    ['a subsystem', ['-s', '--', 'sftp']],
  ])('refuses %s in words, runs nothing and leaves no session', async (_, args) => {
    const before = await sessions()
    const { stdout, stderr, status } = await ssh(world.gateway, 'web1.acme', args, 'echo ran\n')
    expect([stdout.toString(), status]).toEqual(['', 255])
    expect(stderr.replaceAll('\r', '')).toMatch(
      /^gatebook: acme wants a task named for each session, as in: ssh -o SetEnv=GATEBOOK_TASK=ACME-[23]\n/,
    )
    expect(stderr).toContain('gatebook: open tasks of acme: ')
    expect(stderr).toContain('(Renew the certificate)')
    for (const hidden of ['ACME-1', '\x1b', '\u202e']) expect(stderr).not.toContain(hidden)
    expect(await sessions()).toEqual(before)
  })

  it('takes what SetEnv names, for commands with their input, their status and their streams', async () => {
    const input = 'x'.repeat(3_000_000)
    const result = await ssh(
      world.gateway,
      'web1.acme',
      [...namesTask('acme-2'), '--', 'wc -c; echo err >&2; exit 4'],
      input,
    )
    expect(result).toEqual({ stdout: Buffer.from('3000000\n'), stderr: 'err\n', status: 4 })
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: 'ACME-2', exitStatus: 4, channels: 1 })
  })

  it('takes files with every byte, Ctrl+C among them', async () => {
    const here = (name: string) => join(world.gateway.directory, name)
    const content = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 256))
    await writeFile(here('sent'), content)
    const options = [...sshOptions(world.gateway), '-P', String(world.gateway.sshPort), ...namesTask('ACME-2')]
    const there = join(world.sshd.directory, 'copied')
    for (const protocol of [[], ['-O']]) {
      const remote = `scp://web1.acme@127.0.0.1/${there}`
      const sent = await run('scp', [...protocol, ...options, here('sent'), remote])
      expect(sent).toMatchObject({ stderr: '', status: 0 })
    }
    const read = await ssh(world.gateway, 'web1.acme', [...namesTask('ACME-2'), '--', `cmp ${there} -`], content)
    expect(read).toMatchObject({ stderr: '', status: 0 })
    const early = await ssh(world.gateway, 'web1.acme', [...namesTask('ACME-2'), '--', 'cat'], Buffer.of(3, 3, 3))
    expect(early.stdout).toEqual(Buffer.of(3, 3, 3))
  })

  it('takes a reason where no task is open, and nowhere else', async () => {
    const { tasks } = world.gateway.stores
    const open = [2, 3].map((sequence) => ({ clientSlug: 'acme', sequence }))
    const why = [...namesReason('the disk is full'), '--', 'true']
    const refused = await ssh(world.gateway, 'web1.acme', why)
    expect(refused.stderr).toContain('acme wants a task named for each session')
    for (const name of open) await tasks.move(name, 'close', 'test')
    expect(await ssh(world.gateway, 'web1.acme', why)).toMatchObject({ stderr: '', status: 0 })
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: undefined, reason: 'the disk is full' })
    const silent = await ssh(world.gateway, 'web1.acme', ['--', 'true'])
    expect(silent.stderr).toBe(
      'gatebook: acme wants a task or a reason named for each session, as in: ' +
        `ssh -o SetEnv='GATEBOOK_REASON="why"'\n` +
        'gatebook: no task of acme is open\n',
    )
    const terminal = openTerminal(world.gateway, 'web1.acme')
    await terminal.until(ASKS_NUMBER_OR_REASON)
    terminal.type('it does not boot\r')
    await worksOn(terminal, 0)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: undefined, reason: 'it does not boot' })
    for (const name of open) await tasks.move(name, 'reopen', 'test')
  })

  it('takes either where a reason is required only', async () => {
    await world.set({ taskRequired: null, reasonRequired: true })
    const silent = await ssh(world.gateway, 'web1.acme', ['--', 'true'])
    expect([silent.status, silent.stderr]).toEqual([
      255,
      expect.stringMatching(/ssh -o SetEnv=GATEBOOK_TASK=ACME-[23] or ssh -o SetEnv='GATEBOOK_REASON="why"'\n/),
    ])
    for (const args of [namesTask('ACME-2'), namesReason('why not')]) {
      expect(await ssh(world.gateway, 'web1.acme', [...args, '--', 'true'])).toMatchObject({ stderr: '', status: 0 })
    }
    const terminal = openTerminal(world.gateway, 'web1.acme')
    await terminal.until(ASKS_NUMBER_OR_REASON)
    terminal.type('заменить диск\r')
    await worksOn(terminal, 0)
    expect((await newestEndedSession(world.gateway)).reason).toBe('заменить диск')
  })

  it('holds for one target where only that says so', async () => {
    await world.set({ taskRequired: null })
    await world.gateway.stores.targets.set(world.target, { policy: { taskRequired: true } }, 'test')
    expect(await ssh(world.gateway, 'web1.acme', ['--', 'true'])).toMatchObject({ status: 255 })
    await world.set({ taskRequired: true })
    await world.gateway.stores.targets.set(world.target, { policy: { taskRequired: false } }, 'test')
    expect(await ssh(world.gateway, 'web1.acme', ['--', 'true'])).toMatchObject({ stderr: '', status: 0 })
    await world.gateway.stores.targets.set(world.target, { policy: 'default' }, 'test')
  })

  it('counts the words of the inner connection of -J, and asks there', async () => {
    const { gateway, sshd } = world
    const outer = sshArguments(gateway, 'ivan', [...namesTask('ACME-2'), '-W', '%h:%p', '--'])
    const through = ['-o', `ProxyCommand=ssh ${outer.join(' ')}`, '-o', 'HostName=web1.acme']
    const inner = { ...gateway, sshPort: 22 }
    expect(await ssh(inner, sshd.login, [...through, '--', 'true'])).toMatchObject({ status: 255 })
    const named = await ssh(inner, sshd.login, [...through, ...namesTask('ACME-3'), '--', 'echo in'])
    expect(named).toMatchObject({ stdout: Buffer.from('in\n'), stderr: '', status: 0 })
    const terminal = openTerminal(inner, sshd.login, [...through, '--'])
    await terminal.until(ASKS_NUMBER)
    terminal.type('2\r')
    await worksOn(terminal, 8)
    expect(await newestEndedSession(gateway)).toMatchObject({ task: 'ACME-2', exitStatus: 8 })
  })

  it('asks once for all channels of a connection', async () => {
    const path = join(world.gateway.directory, 'control')
    const master = openTerminal(world.gateway, 'web1.acme', ['-M', '-o', `ControlPath=${path}`, '--'])
    await master.until(ASKS_NUMBER)
    master.type('2\r')
    master.type(PROMPT)
    await master.until('ready:')
    const other = await ssh(world.gateway, 'web1.acme', ['-o', `ControlPath=${path}`, '--', 'echo in'])
    expect(other).toMatchObject({ stdout: Buffer.from('in\n'), stderr: '', status: 0 })
    master.type('exit\r')
    await master.ended
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: 'ACME-2', channels: 2 })
  })

  it('holds for the next channel of a session that began before it did', async () => {
    await world.set({ taskRequired: null })
    const path = join(world.gateway.directory, 'control-2')
    const send = ['-o', `ControlPath=${path}`, '-o', 'SendEnv=GATEBOOK_TASK', '--']
    const master = startSsh(world.gateway, 'web1.acme', ['-M', ...send, 'echo up; cat'])
    const over = finished(master)
    await new Promise((resolve) => master.stdout.once('data', resolve))
    await world.set({ taskRequired: true })
    const next = (number: string) => {
      const env = { ...process.env, GATEBOOK_TASK: number }
      return finished(startSsh(world.gateway, 'web1.acme', [...send, 'echo in'], { env }), '')
    }
    await expect.poll(async () => (await next('')).status).toBe(255)
    expect(await next('ACME-2')).toMatchObject({ stdout: Buffer.from('in\n'), stderr: '', status: 0 })
    expect(await next('')).toMatchObject({ status: 0 })
    master.stdin.end('still here')
    expect((await over).stdout.toString()).toBe('up\nstill here')
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: 'ACME-2' })
  })

  it('lets no forward begin a session that says nothing, and keeps no shell out by that', async () => {
    await world.set({
      forward: { local: ['*:*'], dynamic: false, remote: true, agent: true, x11: false, streamlocal: false },
    })
    const before = await sessions()
    const only = startSsh(world.gateway, 'web1.acme', [
      '-o',
      'ExitOnForwardFailure=yes',
      '-N',
      '-R',
      '0:127.0.0.1:1',
      '--',
    ])
    expect((await finished(only, '')).status).toBe(255)
    expect(await sessions()).toEqual(before)
    const beside = await ssh(world.gateway, 'web1.acme', [
      '-R',
      '0:127.0.0.1:1',
      '-R',
      '0:127.0.0.1:2',
      ...namesTask('ACME-2'),
      '--',
      'echo in',
    ])
    expect(beside).toMatchObject({ stdout: Buffer.from('in\n'), status: 0 })
    expect(beside.stderr.match(/gatebook: nothing listens on the target: .*ssh -O forward/g)).toHaveLength(1)
  })

  it('lends an agent to a session that was asked for', async () => {
    await world.set({
      forward: { local: [], dynamic: false, remote: false, agent: true, x11: false, streamlocal: false },
    })
    const socket = join(world.gateway.directory, 'agent')
    const agent = await run('ssh-agent', ['-a', socket])
    const [, pid = ''] = /SSH_AGENT_PID=(\d+)/.exec(agent.stdout.toString()) ?? []
    try {
      const env = { ...process.env, SSH_AUTH_SOCK: socket }
      const args = ['-o', `IdentityAgent=${socket}`, '-A', ...namesTask('ACME-2'), '--', 'ssh-add -l']
      const listed = await finished(startSsh(world.gateway, 'web1.acme', args, { env }), '')
      expect(listed.stdout.toString()).toBe('The agent has no identities.\n')
    } finally {
      process.kill(Number(pid))
    }
  })
})
