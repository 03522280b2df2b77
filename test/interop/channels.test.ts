import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blobOfKeyFile } from '#test/harness/key-file.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { finished, run, ssh, sshArguments, startSsh, type Door } from '#test/harness/ssh.ts'

describe('a command over the gateway', needsProgram('sshd', 'openssh-server'), () => {
  let world: Reachable
  /** The same sshd without the gateway between. */
  let direct: Door
  beforeAll(async () => {
    world = await reachable({ sshdConfig: ['AcceptEnv *'] })
    direct = { sshPort: world.sshd.port, keyFile: world.gateway.keyFile }
    await world.sshd.authorize(world.gateway.supportKey, await blobOfKeyFile(world.gateway.keyFile))
  })
  afterAll(() => world[Symbol.asyncDispose]())
  const throughGateway = (args: string[], input?: Buffer | string) => ssh(world.gateway, 'web1.acme', args, input)
  const directly = (args: string[], input?: Buffer | string) => ssh(direct, world.sshd.login, args, input)

  it('gives its output, its errors and its exit status', async () => {
    const result = await throughGateway(['echo out; echo err >&2; exit 7'])
    expect(result).toEqual({ stdout: Buffer.from('out\n'), stderr: 'err\n', status: 7 })
  })

  it('ends by a signal as it does without the gateway', async () => {
    const result = await throughGateway(['-v', '--', 'kill -9 $$'])
    const peer = await directly(['-v', '--', 'kill -9 $$'])
    const signalLines = (text: string) => text.split('\n').filter((line) => /exit-signal|Exit status/.test(line))
    expect(signalLines(peer.stderr).join()).toContain('exit-signal')
    expect(signalLines(result.stderr)).toEqual(signalLines(peer.stderr))
    expect(result.status).toBe(peer.status)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ exitSignal: 'KILL', exitStatus: undefined })
  })

  it('gives the exit status of a command that closed its output long before', async () => {
    const command = ['-n', '--', 'exec >&- 2>&-; sleep 1; exit 3']
    expect(await throughGateway(command)).toEqual(await directly(command))
    expect(await newestEndedSession(world.gateway)).toMatchObject({ exitStatus: 3 })
  })

  it('gives 5 MB of output and of errors at once, complete and on record', async () => {
    const result = await throughGateway(['head -c 5000000 /dev/zero & head -c 5000000 /dev/zero >&2; wait'])
    expect([result.stdout.length, result.stderr.length, result.status]).toEqual([5_000_000, 5_000_000, 0])
    expect(result.stdout.every((byte) => byte === 0)).toBe(true)
    const session = await newestEndedSession(world.gateway)
    const events = await recordedEvents(world.gateway, session.id)
    expect(bytesOf(events, 'output').length).toBe(5_000_000)
    expect(bytesOf(events, 'stderr').length).toBe(5_000_000)
    expect(session.bytesOut).toBe(10_000_000)
  })

  it('takes piped input to its end, and no input from /dev/null', async () => {
    const input = Buffer.alloc(3_000_000, 'piped ')
    const counted = await throughGateway(['sha256sum; echo done'], input)
    expect(counted.stdout.toString()).toBe(`${sha256(input)}  -\ndone\n`)
    const { stdout, status } = await throughGateway(['-n', '--', 'cat; echo nothing came'])
    expect([stdout.toString(), status]).toEqual(['nothing came\n', 0])
  })

  it('hears the end of the input while it still speaks', async () => {
    const child = startSsh(world.gateway, 'web1.acme', ['cat; echo the input ended; head -c 100000 /dev/zero'])
    const { stdout, status } = await finished(child, 'some input\n')
    expect(stdout.subarray(0, 27).toString()).toBe('some input\nthe input ended\n')
    expect([stdout.length, status]).toEqual([100_027, 0])
  })

  it('gets the bytes of a command that is no UTF-8 as they are', async () => {
    const command = Buffer.from("printf %s '\xe9\xff' | od -An -tx1", 'latin1')
    // Node hands its arguments over as UTF-8 only; a shell makes the bytes itself.
    const escaped = [...command].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
    const args = sshArguments(world.gateway, 'web1.acme')
    const result = await run('sh', ['-c', `exec ssh "$@" "$(printf '${escaped}')"`, 'sh', ...args])
    expect(result.stdout.toString().trim()).toBe('e9 ff')
    const session = await newestEndedSession(world.gateway)
    const events = await recordedEvents(world.gateway, session.id)
    expect(bytesOf(events, 'request').includes(command)).toBe(true)
  })

  it('may be 100 KB long', async () => {
    const word = 'x'.repeat(100_000)
    const result = await throughGateway([`printf %s ${word} | wc -c`])
    expect(result.stdout.toString().trim()).toBe('100000')
  })

  it('is passed on with 200 KB too, which is more than a shell on Linux is given', async () => {
    // Linux takes 128 KiB in one argument of a program; ssh joins its own arguments by blanks.
    const words = [`: ${'x'.repeat(100_000)}`, 'y'.repeat(100_000)]
    expect(await throughGateway(words)).toEqual(await directly(words))
    const session = await newestEndedSession(world.gateway)
    const [channel] = await world.gateway.stores.sessions.channels(session.id)
    expect(channel?.command).toBe(words.join(' '))
  })

  it('gets the variables of language and terminal, and no variable that makes programs load code', async () => {
    const sent = ['LC_ALL=C.UTF-8', 'COLORTERM=truecolor', 'GIT_PROTOCOL=version=2', 'LD_PRELOAD=/tmp/x.so', 'SECRET=1']
    const result = await throughGateway(['-o', `SetEnv=${sent.join(' ')}`, '--', 'env'])
    const got = result.stdout.toString().split('\n')
    expect(sent.filter((variable) => got.includes(variable))).toEqual(sent.slice(0, 3))
  })

  it('names its task and its reason without telling the target', async () => {
    const about = { clientSlug: 'acme', kind: 'request', title: 'x', note: '', estimateMinutes: undefined } as const
    const { number } = await world.gateway.stores.tasks.add({ ...about, raisedAt: new Date() }, 'test')
    const options = ['-o', `SetEnv=GATEBOOK_TASK=${number} GATEBOOK_REASON=weekly`]
    const result = await throughGateway([...options, '--', 'env'])
    expect(result.stdout.toString()).not.toContain('GATEBOOK')
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: number, reason: 'weekly' })
  })

  it('runs 20 times at once over one connection, in one session with 20 channels', async () => {
    const control = ['-o', `ControlPath=${join(world.gateway.directory, 'control')}`]
    const master = startSsh(world.gateway, 'web1.acme', [...control, '-M', '--', 'echo ready; cat'])
    const masterEnded = finished(master)
    await new Promise((resolve) => {
      master.stdout.once('data', resolve)
    })
    const numbers = Array.from({ length: 19 }, (_, number) => String(number))
    const results = await Promise.all(
      numbers.map((number) =>
        throughGateway([...control, '--', `head -c 100000 /dev/zero; cat; exit ${number}`], number),
      ),
    )
    for (const [number, { stdout, status }] of results.entries()) {
      expect([stdout.length, stdout.subarray(100_000).toString(), status]).toEqual([
        100_000 + String(number).length,
        String(number),
        number,
      ])
    }
    master.stdin.end()
    expect((await masterEnded).status).toBe(0)
    const session = await newestEndedSession(world.gateway)
    expect(session.channels).toBe(20)
    const channels = await world.gateway.stores.sessions.channels(session.id)
    expect(channels.map(({ exitStatus }) => exitStatus ?? -1).toSorted((a, b) => a - b)).toEqual([
      0,
      ...numbers.map(Number),
    ])
  })
})

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
