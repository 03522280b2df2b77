import { once } from 'node:events'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { blobOfKeyFile } from '#test/harness/key-file.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { finished, run, sshArguments, startSsh, type Door } from '#test/harness/ssh.ts'
import { writeSshConfig } from '#test/harness/ssh-config.ts'
import { openTerminal } from '#test/harness/terminal.ts'

/** A way of ssh to the target: where it knocks, as whom, and options before all others. */
interface Way {
  readonly door: Door
  readonly userName: string
  readonly options: readonly string[]
}

let world: Reachable
let config: string
beforeAll(async () => {
  // A target that leaves whoever does not answer for two seconds.
  world = await reachable({ sshdConfig: ['ClientAliveInterval 1', 'ClientAliveCountMax 2'] })
  await world.sshd.authorize(world.gateway.supportKey, await blobOfKeyFile(world.gateway.keyFile))
  config = await writeSshConfig(world)
})
afterAll(() => world[Symbol.asyncDispose]())

function plain(): Way {
  return { door: world.gateway, userName: 'web1.acme', options: [] }
}

function nested(): Way {
  const through = ['HostName=web1.acme', 'Port=22', `ProxyCommand=ssh -F ${config} -W %h:%p bastion`]
  return { door: world.gateway, userName: world.sshd.login, options: through.flatMap((option) => ['-o', option]) }
}

function direct(): Way {
  const door = { sshPort: world.sshd.port, keyFile: world.gateway.keyFile }
  return { door, userName: world.sshd.login, options: [] }
}

const start = ({ door, userName, options }: Way, ...args: string[]) => startSsh(door, userName, [...options, ...args])

describe.each([
  ['plain', 'web1', plain],
  ['-J', 'web1.acme', nested],
])('ssh %s passes on, as sshd takes it,', needsSshdTerminals(), (_, host, way) => {
  afterEach(() => vi.useRealTimers())

  it('the modes of the terminal, those that nobody else has included', async () => {
    // Keys and switches that are no default of anybody.
    const modes = 'intr ^X erase ^H -ixon -echoctl istrip'
    const seen = [way(), direct()].map(async ({ door, userName, options }) => {
      const terminal = openTerminal(door, userName, [...options, '--', 'stty -a'], { modes })
      await terminal.ended
      return terminal.output().toString()
    })
    const [through, without] = await Promise.all(seen)
    expect(through).toMatch(/intr = \^X;[\s\S]*-echoctl/)
    expect(through).toBe(without)
  })

  it('a break', async () => {
    const { door, userName, options } = way()
    const terminal = openTerminal(door, userName, [...options, '--', 'echo ready; exec cat'])
    await terminal.until('ready')
    terminal.type('\r~Bbehind it\r')
    await terminal.until(/behind it[\s\S]*behind it/)
    terminal.type('\x04')
    expect(await terminal.ended).toBe(0)
    const session = await newestEndedSession(world.gateway)
    const requests = bytesOf(await recordedEvents(world.gateway, session.id), 'request')
    expect(requests.includes('break')).toBe(true)
  })

  it('its end by a signal', async () => {
    const ends = [way(), direct()].map(async (each) => {
      const { stderr, status } = await finished(start(each, '-v', '--', 'kill -TERM $$'), '')
      return [status, stderr.split('\n').filter((line) => /exit-signal|Exit status/.test(line))]
    })
    const [through, without] = await Promise.all(ends)
    expect(through?.join()).toContain('exit-signal')
    expect(through).toEqual(without)
  })

  it('a command that is no UTF-8, and one of 200 KB', async () => {
    const { door, userName, options } = way()
    const args = sshArguments(door, userName, [...options, '--'])
    // Node hands its arguments over as UTF-8 only; a shell makes the bytes itself.
    const bytes = await run('sh', [
      '-c',
      `exec ssh "$@" "printf %s '$(printf '\\351\\377')' | od -An -tx1"`,
      'sh',
      ...args,
    ])
    expect(bytes.stdout.toString().trim()).toBe('e9 ff')
    // Linux takes 128 KiB in one argument of a program; ssh joins its own arguments by blanks.
    const words = [`: ${'x'.repeat(100_000)}`, 'y'.repeat(100_000)]
    const [through, without] = await Promise.all(
      [way(), direct()].map((each) => finished(start(each, '--', ...words), '')),
    )
    expect(through).toEqual(without)
    const session = await newestEndedSession(world.gateway)
    const [channel] = await world.gateway.stores.sessions.channels(session.id)
    expect(channel?.command).toBe(words.join(' '))
  })

  it.each([
    ['sftp', []],
    ['scp', ['-O']],
  ])('files whose names are no UTF-8, by the protocol %s', async (protocol, mode) => {
    const name = Buffer.from('caf\xe9 \xff', 'latin1')
    const [sent, got] = [`sent-${host}-${protocol}`, `got-${host}-${protocol}`]
    const here = (...parts: string[]) => join(world.gateway.directory, ...parts)
    const there = join(world.sshd.directory, sent)
    await mkdir(here(sent))
    await writeFile(Buffer.concat([Buffer.from(`${here(sent)}/`), name]), 'content')
    const options = ['-q', '-F', config, ...mode, '-r']
    expect(await run('scp', [...options, here(sent), `${host}:${there}`])).toMatchObject({ stderr: '', status: 0 })
    expect(await run('scp', [...options, `${host}:${there}`, here(got)])).toMatchObject({ stderr: '', status: 0 })
    for (const directory of [there, here(got)]) expect(await readdir(directory, { encoding: 'buffer' })).toEqual([name])
  })

  it('answers to whoever asks whether the other side is alive, where nobody says anything', async () => {
    const alive = ['ServerAliveInterval=1', 'ServerAliveCountMax=1', 'LogLevel=DEBUG3']
    const ssh = start(way(), ...alive.flatMap((option) => ['-o', option]), '--', 'cat')
    let said = ''
    ssh.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const end = finished(ssh)
    // RFC 4254 §4: the gateway knows no such request, which is an answer.
    await vi.waitFor(() => expect(said.split('receive packet: type 82').length).toBeGreaterThan(4), 20_000)
    ssh.stdin.end('still there')
    expect(await end).toMatchObject({ stdout: Buffer.from('still there'), status: 0 })
  })

  it('questions of the gateway whether it is alive, and answers count', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const ssh = start(way(), '-v', '--', 'echo ready; cat')
    let said = ''
    ssh.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const end = finished(ssh)
    await once(ssh.stdout, 'data')
    // More often than anybody may stay silent.
    for (let asked = 1; asked <= 6; asked++) {
      vi.advanceTimersByTime(15_000)
      await vi.waitFor(() => expect(said.split('rtype keepalive@openssh.com').length).toBeGreaterThan(asked), 5000)
    }
    ssh.stdin.end('still there')
    expect(await end).toMatchObject({ stdout: Buffer.from('ready\nstill there'), status: 0 })
  })
})
