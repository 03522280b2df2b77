import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { authorizedKeysLine } from '#gateway/access/authorized-keys-line.ts'
import { parseForwarding } from '#gateway/access/forwarding.ts'
import { closeOf, echoServer, saidBack } from '#test/harness/echo-server.ts'
import { forwarding } from '#test/harness/either-way.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { newestEndedSession } from '#test/harness/recorded.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { freePort } from '#test/harness/sshd.ts'

const content = randomBytes(3_000_000)
const hello = Buffer.from('hello')
const nothing = Buffer.alloc(0)

/** Promise 4 of the product: revoke means now. */
const NOW_MS = 1000

let world: Reachable
let echo: Awaited<ReturnType<typeof echoServer>>

async function allow(list: string): Promise<void> {
  await world.gateway.stores.clients.set('acme', { policy: { forward: parseForwarding(list) } }, 'test')
}

/** What the newest session forwarded, when it is over: kind, place, bytes in and out. */
async function recorded() {
  const { id } = await newestEndedSession(world.gateway)
  const channels = await world.gateway.stores.sessions.channels(id)
  const forwards = channels.filter(({ kind }) => kind !== 'exec')
  return forwards.map((each) => [each.kind, each.command, each.bytesIn, each.bytesOut])
}

describe.each(['plain', '-J'] as const)('the OpenSSH client, %s,', needsProgram('sshd', 'openssh-server'), (way) => {
  beforeAll(async () => {
    echo = await echoServer()
    world = await reachable()
  })
  afterAll(async () => {
    await world[Symbol.asyncDispose]()
    await echo[Symbol.asyncDispose]()
  })
  beforeEach(() => allow('none'))

  const ssh = (...options: string[]) => forwarding(world, way, ...options)
  const here = () => `127.0.0.1:${echo.port}`

  it('-L carries megabytes to the place that the policy names, on record', async () => {
    await allow(here())
    const port = await freePort()
    {
      await using _ = await ssh('-L', `${port}:${here()}`)
      expect((await saidBack({ port }, content)).equals(content)).toBe(true)
    }
    expect(await recorded()).toEqual([['local-forward', here(), content.length, content.length]])
  })

  it('-L is refused with a reason', async () => {
    const port = await freePort()
    await using running = await ssh('-L', `${port}:${here()}`)
    expect(await saidBack({ port }, hello)).toEqual(nothing)
    const reason = `gatebook: forwarding to ${here()} is not allowed on web1.acme; `
    await expect.poll(running.errors).toContain(`open failed: administratively prohibited: ${reason}`)
  })

  it('-L says what the target says where nobody listens', async () => {
    await allow('*:*')
    const [port, nobody] = [await freePort(), await freePort()]
    await using running = await ssh('-L', `${port}:127.0.0.1:${nobody}`)
    expect(await saidBack({ port }, hello)).toEqual(nothing)
    await expect.poll(running.errors).toContain('open failed: connect failed: Connection refused')
  })

  it('-L and -R lead to and from sockets by path', async () => {
    await allow('streamlocal,remote')
    const [there, back] = [join(world.sshd.directory, 'there'), join(world.sshd.directory, 'back')]
    await using _echo = await echoServer(there)
    const port = await freePort()
    {
      await using _ = await ssh('-L', `${port}:${there}`, '-R', `${back}:${there}`)
      expect(await saidBack({ port }, hello)).toEqual(hello)
      expect(await saidBack({ path: back }, hello)).toEqual(hello)
    }
    expect(await recorded()).toEqual([
      ['remote-listen', back, 0, 0],
      ['local-forward', there, 5, 5],
      ['remote-forward', back, 5, 5],
    ])
  })

  it('-D leads anywhere', async () => {
    await allow('dynamic')
    const port = await freePort()
    {
      await using _ = await ssh('-D', String(port))
      // RFC 1928: no authentication, then CONNECT to 127.0.0.1; both answers together are 12 bytes.
      const to = Buffer.concat([Buffer.of(5, 1, 0, 1, 127, 0, 0, 1), Buffer.of(echo.port >> 8, echo.port & 255)])
      const socks = { greeting: [Buffer.of(5, 1, 0), to], answered: 12 }
      expect((await saidBack({ port }, content, socks)).equals(content)).toBe(true)
    }
    expect(await recorded()).toEqual([['local-forward', here(), content.length, content.length]])
  })

  it('-R lets the target lead back, on record', async () => {
    await allow('remote')
    const port = await freePort()
    {
      await using _ = await ssh('-R', `${port}:${here()}`)
      expect((await saidBack({ port, host: '127.0.0.1' }, content)).equals(content)).toBe(true)
    }
    const from = expect.stringMatching(`^localhost:${port} from 127\\.0\\.0\\.1:\\d+$`) as string
    expect(await recorded()).toEqual([
      ['remote-listen', `localhost:${port}`, 0, 0],
      ['remote-forward', from, content.length, content.length],
    ])
  })

  it('-R 0 is told the port that the target chose', async () => {
    await allow('remote')
    await using running = await ssh('-R', `0:${here()}`)
    const port = Number(/Allocated port (\d+) for remote forward/.exec(running.errors())?.[1])
    expect(await saidBack({ port, host: '127.0.0.1' }, hello)).toEqual(hello)
  })

  it('-R is refused with a reason', async () => {
    const port = await freePort()
    await using running = await ssh('-R', `${port}:${here()}`)
    await expect.poll(running.errors).toContain(`remote port forwarding failed for listen port ${port}`)
    const reason = `gatebook: forwarding from localhost:${port} on the target is not allowed on web1.acme; `
    await expect.poll(running.errors).toContain(reason)
    await expect(saidBack({ port, host: '127.0.0.1' }, hello)).rejects.toThrow('ECONNREFUSED')
  })

  it('needs the line that gatebook key show prints, and hears so where another is installed', async () => {
    const line = async (list: string) => {
      const terms = { clientSlug: 'acme', publicAddress: undefined, allowed: [parseForwarding(list)!] }
      await world.sshd.authorizeLine(authorizedKeysLine(world.gateway.supportKey, terms))
    }
    await allow('dynamic,remote')
    const [port, back] = [await freePort(), await freePort()]
    const options = ['-L', `${port}:${here()}`, '-R', `${back}:${here()}`]
    try {
      await line('none')
      await using refused = await ssh(...options)
      expect(await saidBack({ port }, hello)).toEqual(nothing)
      await expect.poll(refused.errors).toContain(`gatebook: forwarding to ${here()} is refused by web1.acme itself`)
      const listening = `gatebook: forwarding from localhost:${back} on the target is refused by web1.acme itself`
      await expect.poll(refused.errors).toContain(listening)
    } finally {
      await line('dynamic,remote')
    }
    await using allowed = await ssh(...options)
    expect(await saidBack({ port }, hello)).toEqual(hello)
    expect(await saidBack({ port: back, host: '127.0.0.1' }, hello)).toEqual(hello)
    expect(allowed.errors()).not.toContain('gatebook')
  })

  it('loses what is forwarded within a second when the policy takes it back, and hears why', async () => {
    await allow(`${here()},remote`)
    const [port, back] = [await freePort(), await freePort()]
    await using running = await ssh('-L', `${port}:${here()}`, '-R', `${back}:${here()}`)
    const open = [connect(port), connect(back)]
    for (const socket of open) {
      socket.on('error', () => {})
      socket.write(hello)
      await once(socket, 'data')
    }
    const closed = open.map(closeOf)
    const lostAt = performance.now()
    await allow('none')
    await Promise.all(closed)
    expect(performance.now() - lostAt).toBeLessThan(NOW_MS)
    await expect.poll(running.errors).toContain(`gatebook: forwarding to ${here()} is not allowed on web1.acme; `)
    await expect.poll(() => saidBack({ port: back, host: '127.0.0.1' }, hello).catch(String)).toContain('ECONNREFUSED')
  })
})
