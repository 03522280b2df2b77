import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addStaff } from '#test/harness/gateway.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { newestEndedSession } from '#test/harness/recorded.ts'
import { needsProgram, needsSshdTerminals } from '#test/harness/requirement.ts'
import { run, ssh, sshArguments, startSsh } from '#test/harness/ssh.ts'
import { openTerminal } from '#test/harness/terminal.ts'

describe('a command of the gateway itself', needsProgram('sshd', 'openssh-server'), () => {
  let world: Reachable
  beforeAll(async () => {
    world = await reachable()
    const { gateway } = world
    await addStaff(gateway, gateway.directory, 'olga', ['engineer', 'admin'])
    await gateway.stores.grants.add(
      {
        staffId: (await gateway.stores.staff.byLogin('olga'))!.id,
        clientId: gateway.client.id,
        targetId: undefined,
        until: undefined,
      },
      'test',
    )
    await ssh(gateway, 'web1.acme', ['true'])
    await newestEndedSession(gateway)
  })
  afterAll(() => world[Symbol.asyncDispose]())

  const ask = async (command: string, userName = 'ivan', keyFile = world.gateway.keyFile) => {
    const { stdout, stderr, status } = await ssh({ ...world.gateway, keyFile }, userName, [command])
    return { out: stdout.toString(), err: stderr.trimEnd(), status }
  }
  const askJson = async (command: string, keyFile?: string) =>
    JSON.parse((await ask(`${command} --json`, 'ivan', keyFile)).out) as unknown

  it('is listed by help, with all it takes', async () => {
    const { out, status } = await ask('help')
    expect(status).toBe(0)
    expect(out.split('\n').filter((line) => line.startsWith('  '))).toEqual([
      expect.stringMatching(/^ {2}help /),
      expect.stringMatching(/^ {2}targets /),
      expect.stringMatching(/^ {2}whoami /),
      expect.stringMatching(/^ {2}login /),
      expect.stringMatching(/^ {2}time .*; --month 2026-11, --client acme$/),
      expect.stringMatching(/^ {2}sessions /),
      expect.stringMatching(/^ {2}ssh-config /),
      expect.stringMatching(/^ {2}connect .*ssh -t: connect web1\.acme$/),
    ])
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(await askJson('help')).toHaveLength(8)
  })

  it.each([
    ['time --mnth 2026-11', 'time takes no "--mnth"; it is: time [--month 2026-11] [--client acme] [--json]'],
    [
      'time --month 2026-13',
      '--month takes a month such as 2026-11; it is: time [--month 2026-11] [--client acme] [--json]',
    ],
    ['time --month', '--month takes a month such as 2026-11; it is: time [--month 2026-11] [--client acme] [--json]'],
    [
      'time --client=Acme',
      '--client takes the slug of a client, such as acme; it is: time [--month 2026-11] [--client acme] [--json]',
    ],
    ['sessions 5', 'sessions takes no "5"; it is: sessions [--json]'],
    ['whoami --month 2026-11', 'whoami takes no "--month"; it is: whoami [--json]'],
  ])('used wrongly, %j, says what it takes', async (command, said) => {
    expect(await ask(command)).toEqual({ out: '', err: `gatebook: ${said}`, status: 2 })
  })

  it('time has my own minutes, of this month, and nobody else’s', async () => {
    const lines = async (command: string, keyFile?: string) =>
      ((await askJson(command, keyFile)) as { lines: { staff: string; client: string; sessions: string[] }[] }).lines
    const session = await newestEndedSession(world.gateway)
    expect(await lines('time')).toMatchObject([{ client: 'acme', staff: 'ivan', sessions: [session.id] }])
    expect(await lines('time --month 2020-01')).toEqual([])
    expect(await lines('time', `${world.gateway.directory}/olga`)).toEqual([])
    const { out } = await ask('time --client acme')
    expect(out).toMatch(
      /^client +day +task +exact +minutes +charged +sessions\nacme +\d{4}-\d\d-\d\d +- [^]*\nacme: \d minutes?, /,
    )
  })

  it('time says where there is nothing, and where there is no such client', async () => {
    expect(await ask('time --month 2020-01')).toEqual({
      out: '',
      err: 'gatebook: no work of yours is on record in 2020-01',
      status: 0,
    })
    expect(await ask('time --month 2020-01 --client acme')).toMatchObject({
      err: expect.stringContaining('for acme'),
      status: 0,
    })
    expect(await ask('time --client acne')).toEqual({
      out: '',
      err: 'gatebook: you never had a grant for a client acne; did you mean acme?',
      status: 255,
    })
  })

  it('sessions has my own, those that run first, and nobody else’s', async () => {
    const { gateway } = world
    const live = startSsh(gateway, 'web1.acme', ['echo up; cat'])
    await new Promise((resolve) => live.stdout.once('data', resolve))
    await ssh(gateway, 'web1.acme', ['exit 3'])
    await newestEndedSession(gateway)
    const view = (id: unknown, state: string) =>
      expect.objectContaining({ id, state, staff: 'ivan', target: 'web1.acme' })
    const listed = (await askJson('sessions')) as { id: string; live: boolean }[]
    expect(listed.slice(0, 2)).toEqual([
      view(expect.any(String), 'live'),
      expect.objectContaining({ target: 'web1.acme' }),
    ])
    expect(listed[0]!.id < listed[1]!.id).toBe(true)
    live.stdin.end()
    await new Promise((resolve) => live.once('close', resolve))
    expect(await askJson('sessions', `${gateway.directory}/olga`)).toEqual([])
    expect((await ask('sessions', 'ivan', `${gateway.directory}/olga`)).err).toBe(
      'gatebook: no session of yours is on record',
    )
    expect((await ask('sessions')).out).toMatch(/^id +started +length +target +state +keys +exit\n/)
  })

  it('fits its list into the terminal', needsSshdTerminals(), async () => {
    const terminal = openTerminal(world.gateway, 'ivan', ['sessions'], { columns: 60 })
    expect(await terminal.ended).toBe(0)
    const lines = terminal
      .output()
      .toString()
      .split('\r\n')
      .filter((line) => /root|id/.test(line))
    expect(lines.length).toBeGreaterThan(1)
    expect(Math.max(...lines.map((line) => Array.from(line).length))).toBeLessThanOrEqual(60)
  })

  it('that is none is named, with those there are', async () => {
    const { err, status, out } = await ask('bogus')
    expect([out, status]).toEqual(['', 255])
    expect(err.split('\n')).toEqual([
      'gatebook: there is no command "bogus"; the commands are help, targets, whoami, login, time, sessions, ssh-config, connect',
      expect.stringMatching(/^gatebook: to run it on a server, name the server: ssh .*web1\.acme@\S+ COMMAND$/),
    ])
    expect((await ask('sesions')).err).toContain('no command "sesions"; did you mean sessions?')
    expect((await ask('toString')).err).toContain('no command "toString"')
    expect((await ask('uptime', 'web1')).err).toContain('web1.acme@')
  })

  it('works where the local name looks like that of a target, as -J does', async () => {
    const { gateway, sshd } = world
    expect(await ask('whoami', 'ivan.petrov')).toMatchObject({ out: 'ivan (ivan), engineer\n', status: 0 })
    const proxy = ['ssh', ...sshArguments(gateway, 'ivan.petrov', ['-W', '%h:%p', '--'])].join(' ')
    const options = [
      '-o',
      `ProxyCommand=${proxy}`,
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
    ]
    const inside = await run('ssh', ['-F', '/dev/null', ...options, `${sshd.login}@web1.acme`, 'echo in'])
    expect(inside).toMatchObject({ stdout: Buffer.from('in\n'), status: 0 })
  })
})
