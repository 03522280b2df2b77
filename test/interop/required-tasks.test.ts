import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PolicyChange } from '#gateway/access/policy.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { finished, run, ssh, sshArguments, sshOptions, startSsh } from '#test/harness/ssh.ts'
import { openTerminal, type TestTerminal } from '#test/harness/terminal.ts'

const task = (number: string) => ['-o', `SetEnv=GATEBOOK_TASK=${number}`]
const reason = (words: string) => ['-o', `SetEnv=GATEBOOK_REASON="${words}"`]
/** Turns the prompt into one that nothing else prints. */
const PROMPT = "PS1='rea''dy:'\r"
const NUMBER = 'Number of the task: '
const NUMBER_OR_REASON = 'Number of a task, or a reason: '

describe('where the policy wants to know what a session is for', needsSshdTerminals(), () => {
  let world: Reachable
  beforeAll(async () => {
    world = await reachable()
  })
  afterAll(() => world[Symbol.asyncDispose]())
  /** ACME-1 is closed, ACME-2 and ACME-3 are open; then the same of another client. */
  beforeAll(async () => {
    const { stores } = world.gateway
    await stores.clients.add({ slug: 'zeta', name: 'Zeta', zone: 'UTC', language: 'en' }, 'test')
    const about = { kind: 'request', note: '', estimateMinutes: undefined, raisedAt: new Date() } as const
    for (const title of ['Old', 'Renew the certificate', '\x1b[2J\u202eMove the mail']) {
      await stores.tasks.add({ ...about, clientSlug: 'acme', title }, 'test')
    }
    await stores.tasks.add({ ...about, clientSlug: 'zeta', title: 'Theirs' }, 'test')
    await stores.tasks.move({ clientSlug: 'acme', sequence: 1 }, 'close', 'test')
  })
  beforeEach(() => set({ taskRequired: true, reasonRequired: null, forward: null }))

  const set = (policy: PolicyChange) => world.gateway.stores.clients.set('acme', { policy }, 'test')
  const sessions = () => world.gateway.stores.sessions.list({ limit: 100 })

  async function worksOn(terminal: TestTerminal, exit: number): Promise<void> {
    terminal.type(PROMPT)
    await terminal.until('ready:')
    terminal.type(`exit ${exit}\r`)
    expect(await terminal.ended).toBe(exit)
  }

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
    expect(stderr).not.toMatch(/ACME-1|[\x1b\u202e]/)
    expect(await sessions()).toEqual(before)
  })

  it('takes what SetEnv names, for commands with their input, their status and their streams', async () => {
    const input = 'x'.repeat(3_000_000)
    const result = await ssh(
      world.gateway,
      'web1.acme',
      [...task('acme-2'), '--', 'wc -c; echo err >&2; exit 4'],
      input,
    )
    expect(result).toEqual({ stdout: Buffer.from('3000000\n'), stderr: 'err\n', status: 4 })
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: 'ACME-2', exitStatus: 4, channels: 1 })
  })

  it('takes files with every byte, Ctrl+C among them', async () => {
    const here = (name: string) => join(world.gateway.directory, name)
    const content = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 256))
    await writeFile(here('sent'), content)
    const options = [...sshOptions(world.gateway), '-P', String(world.gateway.sshPort), ...task('ACME-2')]
    const there = join(world.sshd.directory, 'copied')
    for (const protocol of [[], ['-O']]) {
      const remote = `scp://web1.acme@127.0.0.1/${there}`
      const sent = await run('scp', [...protocol, ...options, here('sent'), remote])
      expect(sent).toMatchObject({ stderr: '', status: 0 })
    }
    const read = await ssh(world.gateway, 'web1.acme', [...task('ACME-2'), '--', `cmp ${there} -`], content)
    expect(read).toMatchObject({ stderr: '', status: 0 })
    const early = await ssh(world.gateway, 'web1.acme', [...task('ACME-2'), '--', 'cat'], Buffer.of(3, 3, 3))
    expect(early.stdout).toEqual(Buffer.of(3, 3, 3))
  })

  it('asks in the terminal, lists what is open, and has the answer on record before the shell begins', async () => {
    const terminal = openTerminal(world.gateway, 'web1.acme')
    await terminal.until(NUMBER)
    const asked = terminal.output().toString()
    expect(asked).toContain('acme wants to know what this session is for.')
    expect(asked).toMatch(/ {2}ACME-2 {2}Renew the certificate\r\n/)
    expect(asked).toMatch(/ {2}ACME-3 {2}\S*\[2J\S*Move the mail\r\n/)
    expect(asked).not.toMatch(/ACME-1|[\x1b\u202e]/)
    terminal.type('2\r')
    await worksOn(terminal, 7)
    const session = await newestEndedSession(world.gateway)
    expect(session).toMatchObject({ task: 'ACME-2', reason: undefined, exitStatus: 7 })
    const events = await recordedEvents(world.gateway, session.id)
    expect(bytesOf(events, 'input').toString()).toBe(`${PROMPT}exit 7\r`)
    expect(bytesOf(events, 'output').toString()).not.toContain(NUMBER)
  })

  it('asks again until the answer will do', async () => {
    const terminal = openTerminal(world.gateway, 'web1.acme')
    for (const [typed, why] of [
      ['', 'acme wants to know what this session is for.'],
      ['1', 'task ACME-1 is closed'],
      ['99', 'there is no task ACME-99'],
      ['ZETA-1', 'ZETA-1 is no task of acme'],
      ['the disk is full', '"the disk is full" is no number of a task'],
    ] as const) {
      await terminal.until(NUMBER)
      terminal.type(`${typed}\r`)
      await terminal.until(why)
    }
    await terminal.until(NUMBER)
    terminal.type('acme-99\x7f\x7f3\r')
    await worksOn(terminal, 0)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: 'ACME-3' })
  })

  it('gives the shell what was typed behind the answer', async () => {
    const terminal = openTerminal(world.gateway, 'web1.acme')
    terminal.type('2\recho $((40 + 2)) is it; exit 3\r')
    await terminal.until('42 is it')
    expect(await terminal.ended).toBe(3)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: 'ACME-2' })
  })

  it.each(['\x03', '\x04', '\x1b'])('is left by %j without a session', async (key) => {
    const before = await sessions()
    const terminal = openTerminal(world.gateway, 'web1.acme')
    await terminal.until(NUMBER)
    terminal.type(key)
    await terminal.until('gatebook: not connected: nobody said what the session is for')
    expect(await terminal.ended).toBe(255)
    expect(await sessions()).toEqual(before)
  })

  it.each([
    [40, 12, 'dumb'],
    [80, 24, 'xterm-256color'],
  ])('asks within %i columns and %i rows of %s', async (columns, rows, type) => {
    const terminal = openTerminal(world.gateway, 'web1.acme', [], { columns, rows, type })
    await terminal.until(NUMBER)
    const lines = terminal.output().toString().split('\r\n')
    expect(lines.length).toBeLessThanOrEqual(rows)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns)
    terminal.resize(100, 30)
    terminal.type('2\r')
    terminal.type(PROMPT)
    await terminal.until('ready:')
    terminal.type('stty size; exit\r')
    await terminal.until('30 100')
    await terminal.ended
  })

  it('takes a reason where no task is open, and nowhere else', async () => {
    const { tasks } = world.gateway.stores
    const open = [2, 3].map((sequence) => ({ clientSlug: 'acme', sequence }))
    const why = [...reason('the disk is full'), '--', 'true']
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
    await terminal.until(NUMBER_OR_REASON)
    terminal.type('it does not boot\r')
    await worksOn(terminal, 0)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: undefined, reason: 'it does not boot' })
    for (const name of open) await tasks.move(name, 'reopen', 'test')
  })

  it('takes either where a reason is required only', async () => {
    await set({ taskRequired: null, reasonRequired: true })
    const silent = await ssh(world.gateway, 'web1.acme', ['--', 'true'])
    expect([silent.status, silent.stderr]).toEqual([
      255,
      expect.stringMatching(/ssh -o SetEnv=GATEBOOK_TASK=ACME-[23] or ssh -o SetEnv='GATEBOOK_REASON="why"'\n/),
    ])
    for (const args of [task('ACME-2'), reason('why not')]) {
      expect(await ssh(world.gateway, 'web1.acme', [...args, '--', 'true'])).toMatchObject({ stderr: '', status: 0 })
    }
    const terminal = openTerminal(world.gateway, 'web1.acme')
    await terminal.until(NUMBER_OR_REASON)
    terminal.type('заменить диск\r')
    await worksOn(terminal, 0)
    expect((await newestEndedSession(world.gateway)).reason).toBe('заменить диск')
  })

  it('holds for one target where only that says so', async () => {
    await set({ taskRequired: null })
    await world.gateway.stores.targets.set(world.target, { policy: { taskRequired: true } }, 'test')
    expect(await ssh(world.gateway, 'web1.acme', ['--', 'true'])).toMatchObject({ status: 255 })
    await set({ taskRequired: true })
    await world.gateway.stores.targets.set(world.target, { policy: { taskRequired: false } }, 'test')
    expect(await ssh(world.gateway, 'web1.acme', ['--', 'true'])).toMatchObject({ stderr: '', status: 0 })
    await world.gateway.stores.targets.set(world.target, { policy: 'default' }, 'test')
  })

  it('is asked behind the menu, and leads back to it', async () => {
    const terminal = openTerminal(world.gateway, 'ivan')
    await terminal.until('Esc leaves')
    terminal.type('web1\r')
    await terminal.until(NUMBER)
    terminal.type('\x03')
    await terminal.until('nobody said what the session is for')
    await terminal.until('Esc leaves')
    terminal.type('\r')
    await terminal.until(NUMBER)
    terminal.type('3\r')
    await worksOn(terminal, 5)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: 'ACME-3', exitStatus: 5 })
  })

  it('is not asked behind the menu where SetEnv says it, nor of connect', async () => {
    const chosen = openTerminal(world.gateway, 'ivan', [...task('ACME-2'), '--'])
    await chosen.until('Esc leaves')
    chosen.type('web1\r')
    await worksOn(chosen, 4)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: 'ACME-2', exitStatus: 4 })
    const connected = openTerminal(world.gateway, 'ivan', ['connect web1.acme'])
    await connected.until(NUMBER)
    connected.type('2\r')
    await worksOn(connected, 6)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: 'ACME-2', exitStatus: 6 })
  })

  it('counts the words of the inner connection of -J, and asks there', async () => {
    const { gateway, sshd } = world
    const outer = sshArguments(gateway, 'ivan', [...task('ACME-2'), '-W', '%h:%p', '--'])
    const through = ['-o', `ProxyCommand=ssh ${outer.join(' ')}`, '-o', 'HostName=web1.acme']
    const inner = { ...gateway, sshPort: 22 }
    expect(await ssh(inner, sshd.login, [...through, '--', 'true'])).toMatchObject({ status: 255 })
    const named = await ssh(inner, sshd.login, [...through, ...task('ACME-3'), '--', 'echo in'])
    expect(named).toMatchObject({ stdout: Buffer.from('in\n'), stderr: '', status: 0 })
    const terminal = openTerminal(inner, sshd.login, [...through, '--'])
    await terminal.until(NUMBER)
    terminal.type('2\r')
    await worksOn(terminal, 8)
    expect(await newestEndedSession(gateway)).toMatchObject({ task: 'ACME-2', exitStatus: 8 })
  })

  it('asks once for all channels of a connection', async () => {
    const path = join(world.gateway.directory, 'control')
    const master = openTerminal(world.gateway, 'web1.acme', ['-M', '-o', `ControlPath=${path}`, '--'])
    await master.until(NUMBER)
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
    await set({ taskRequired: null })
    const path = join(world.gateway.directory, 'control-2')
    const send = ['-o', `ControlPath=${path}`, '-o', 'SendEnv=GATEBOOK_TASK', '--']
    const master = startSsh(world.gateway, 'web1.acme', ['-M', ...send, 'echo up; cat'])
    const over = finished(master)
    await new Promise((resolve) => master.stdout.once('data', resolve))
    await set({ taskRequired: true })
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

  it('ends the question with the right, and says why', async () => {
    const { gateway } = world
    const terminal = openTerminal(gateway, 'web1.acme')
    await terminal.until(NUMBER)
    await gateway.stores.supportKeys.move(gateway.client.id, 'pause', 'client:acme')
    await terminal.until('gatebook: the support key of acme was paused by client:acme')
    expect(await terminal.ended).toBe(255)
    await gateway.stores.supportKeys.move(gateway.client.id, 'resume', 'client:acme')
  })

  it('lets no forward begin a session that says nothing, and keeps no shell out by that', async () => {
    await set({
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
    const beside = await ssh(world.gateway, 'web1.acme', ['-R', '0:127.0.0.1:1', ...task('ACME-2'), '--', 'echo in'])
    expect(beside).toMatchObject({ stdout: Buffer.from('in\n'), status: 0 })
  })

  it('lends an agent to a session that was asked for', async () => {
    await set({ forward: { local: [], dynamic: false, remote: false, agent: true, x11: false, streamlocal: false } })
    const socket = join(world.gateway.directory, 'agent')
    const agent = await run('ssh-agent', ['-a', socket])
    const [, pid = ''] = /SSH_AGENT_PID=(\d+)/.exec(agent.stdout.toString()) ?? []
    try {
      const env = { ...process.env, SSH_AUTH_SOCK: socket }
      const args = ['-o', `IdentityAgent=${socket}`, '-A', ...task('ACME-2'), '--', 'ssh-add -l']
      const listed = await finished(startSsh(world.gateway, 'web1.acme', args, { env }), '')
      expect(listed.stdout.toString()).toBe('The agent has no identities.\n')
    } finally {
      process.kill(Number(pid))
    }
  })
})

it('gives the terminal back when the gateway stops in front of the question', needsSshdTerminals(), async () => {
  await using world = await reachable()
  await world.gateway.stores.clients.set('acme', { policy: { reasonRequired: true } }, 'test')
  const terminal = openTerminal(world.gateway, 'web1.acme')
  await terminal.until(NUMBER_OR_REASON)
  const chosen = openTerminal(world.gateway, 'ivan')
  await chosen.until('Esc leaves')
  chosen.type('web1\r')
  await chosen.until(NUMBER_OR_REASON)
  await world.gateway.close()
  await terminal.until('gatebook: the gateway is stopping')
  await chosen.until('gatebook: the gateway is stopping')
  expect([await terminal.ended, await chosen.ended]).toEqual([255, 255])
})
