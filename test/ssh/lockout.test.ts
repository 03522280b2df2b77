import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TurnAway } from '#gateway/ssh/turn-away.ts'
import { message } from '#gateway/transport/message.ts'
import { boolean, string } from '#gateway/transport/wire.ts'
import { testGateway, type TestGateway } from '#test/harness/gateway.ts'
import { rawClient, signedRequest, strangerTo } from '#test/harness/raw-client.ts'
import { enrol, giveCode, halfIn } from '#test/harness/second-factor.ts'
import { ssh } from '#test/harness/ssh.ts'
import { stillClock } from '#test/harness/still-clock.ts'
import { newKey } from '#test/harness/test-key.ts'

const key = newKey('ssh-ed25519')
const clock = stillClock()
let gateway: TestGateway
/** Every test comes from an address of its own. */
let last = 10
const newAddress = () => `127.0.0.${last++}`

beforeAll(async () => {
  gateway = await testGateway({
    clock,
    environment: { GATEBOOK_PENALTY_EXEMPT: '127.0.0.1,192.0.2.0/24', GATEBOOK_LOGIN_GRACE_S: '1' },
  })
  await gateway.stores.staff.addKey(gateway.staff.id, { type: key.type, blob: key.blob, comment: '' }, 'test')
})
afterAll(() => gateway[Symbol.asyncDispose]())

/** Everything the gateway says to somebody who says nothing, up to its first line. */
async function firstLine(from: string): Promise<string> {
  const socket = connect({ port: gateway.sshPort, host: '127.0.0.1', localAddress: from })
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return chunk.toString()
}

async function isWaiting(from: string): Promise<boolean> {
  return (await firstLine(from)).startsWith('gatebook: ')
}

/** Looking for it at the door would be an offence more. */
async function untilWaiting(from: string): Promise<void> {
  await expect.poll(() => gateway.logged.some((line) => line.startsWith(`${from} has to wait`))).toBe(true)
}

async function tryKey(from: string): Promise<void> {
  using peer = await strangerTo(gateway.sshPort, from)
  const unknown = newKey('ssh-ed25519')
  const fields = [string('publickey'), boolean(false), string(unknown.algorithm), string(unknown.blob)]
  peer.send(message.userauthRequest, string('root'), string('ssh-connection'), ...fields)
  await peer.next(message.userauthFailure)
}

async function tryPassword(from: string): Promise<void> {
  using peer = await strangerTo(gateway.sshPort, from)
  const fields = [string('password'), boolean(false), string('hunter2')]
  peer.send(message.userauthRequest, string('root'), string('ssh-connection'), ...fields)
  await peer.next(message.userauthFailure)
}

async function breakProtocol(from: string): Promise<void> {
  using peer = await rawClient(gateway.sshPort, undefined, from)
  peer.send(message.channelOpen)
  await peer.closed
}

async function outstayGrace(from: string): Promise<void> {
  const socket = connect({ port: gateway.sshPort, host: '127.0.0.1', localAddress: from })
  await once(socket.resume(), 'close')
}

describe('an address from which nobody signs in', () => {
  it.each([
    ['with keys that nobody knows', tryKey, 3],
    ['with passwords', tryPassword, 3],
    ['by breaking the protocol', breakProtocol, 3],
    ['by doing nothing until the grace time is over', outstayGrace, 2],
  ])('%s has to wait', async (_, act, times) => {
    const from = newAddress()
    for (let i = 0; i < times; i++) {
      expect(await isWaiting(newAddress())).toBe(false)
      await act(from)
    }
    await untilWaiting(from)
    expect([await isWaiting(from), await isWaiting(newAddress())]).toEqual([true, false])
  })

  it('is told how long, in a line before any SSH, and let in again when that is over', async () => {
    const from = newAddress()
    for (let i = 0; i < 3; i++) await tryKey(from)
    await untilWaiting(from)
    expect(await firstLine(from)).toBe('gatebook: too many failed sign-ins from your address, try again in 15 s\r\n')
    clock.pass(10)
    expect(await firstLine(from)).toContain('try again in 5 s')
    clock.pass(5)
    expect(await firstLine(from)).toMatch(/^SSH-2\.0-/)
    expect(gateway.logged).toContain(`${from} has to wait 15 s before it may connect again: failed sign-in`)
  })

  it('is told so by OpenSSH, too', async () => {
    const from = newAddress()
    for (let i = 0; i < 3; i++) await tryKey(from)
    await untilWaiting(from)
    const { stderr, status } = await ssh(gateway, 'ivan', ['-b', from, '-v', '-o', 'LogLevel=DEBUG1', '--', 'whoami'])
    expect(status).toBe(255)
    expect(stderr).toMatch(/gatebook: too many failed sign-ins from your address, try again in \d+ s/)
  })

  it('waits for wrong codes as well', async () => {
    const from = newAddress()
    const other = newKey('ssh-ed25519')
    const person = { login: 'olga', name: 'Olga', email: 'o@example.com', roles: ['admin' as const] }
    const olga = await gateway.stores.staff.add(person, [{ ...other, comment: '' }], 'test')
    const app = await enrol(gateway, olga, clock)
    for (let i = 0; i < 3; i++) {
      using peer = await halfIn(gateway.sshPort, other, from)
      await giveCode(peer, app.wrongCode())
      await peer.next(message.userauthFailure)
    }
    await untilWaiting(from)
    expect(await isWaiting(from)).toBe(true)
  })
})

describe('an address', () => {
  it('that is exempt never waits', async () => {
    for (let i = 0; i < 4; i++) await tryKey('127.0.0.1')
    expect(await isWaiting('127.0.0.1')).toBe(false)
  })

  it('from which somebody signs in at the second key never waits', async () => {
    const from = newAddress()
    for (let i = 0; i < 6; i++) {
      using peer = await strangerTo(gateway.sshPort, from)
      const unknown = newKey('ssh-ed25519')
      peer.send(signedRequest(peer, 'ivan', unknown))
      await peer.next(message.userauthFailure)
      peer.send(signedRequest(peer, 'ivan', key))
      await peer.next(message.userauthSuccess)
    }
    expect(await isWaiting(from)).toBe(false)
  })

  it('that only looks whether somebody is there never waits', async () => {
    const from = newAddress()
    for (let i = 0; i < 30; i++) {
      expect(await isWaiting(from)).toBe(false)
      clock.pass(1)
    }
  })
})

describe('a connection that is turned away', () => {
  it('gets the line, and is cut off where it does not close', async () => {
    const turnAway = new TurnAway()
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {})
      turnAway.say(socket, 'no')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const open = () => connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {})
    const heard = async (socket: Socket) => {
      const chunks: Buffer[] = []
      socket.on('data', (chunk: Buffer) => chunks.push(chunk))
      await once(socket, 'end')
      return Buffer.concat(chunks).toString()
    }
    const stubborn = Array.from({ length: 200 }, open)
    expect(new Set(await Promise.all(stubborn.map(heard)))).toEqual(new Set(['gatebook: no\r\n']))
    // Two hundred are still there: the next one is cut off at once.
    expect(await heard(open())).toBe('')
    const writing = setInterval(() => stubborn[0]?.write('still here'), 50)
    await new Promise((resolve) => stubborn[0]!.once('close', resolve))
    clearInterval(writing)
    for (const socket of stubborn) socket.destroy()
    server.close()
  })
})
