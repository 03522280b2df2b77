import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostKeyAlgorithms, offerToTarget } from '#gateway/transport/algorithms.ts'
import { message } from '#gateway/transport/message.ts'
import { boolean, string } from '#gateway/transport/wire.ts'
import { plainPacket, slipIn } from '#test/harness/plain-packet.ts'
import { channelData, channelRequest, rawClient } from '#test/harness/raw-client.ts'
import { RawPeer, SERVICE_ACCEPTED } from '#test/harness/raw-peer.ts'
import { rawWorld, type RawWorld } from './raw-world.ts'

let world: RawWorld
beforeAll(async () => {
  world = await rawWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const IDENT = Buffer.from('SSH-2.0-Test\r\n')

async function bareSocket(port = world.gateway.sshPort): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** The first line that the gateway says. */
async function ident(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  return chunk.toString('latin1').split('\r\n')[0] ?? ''
}

/** Two offers that differ in one list of algorithms. */
function offering(change: Partial<ReturnType<typeof offerToTarget>>) {
  return { ...offerToTarget(hostKeyAlgorithms), ...change }
}

describe('a stranger', () => {
  it('is told the name of the gateway and no version', async () => {
    const socket = await bareSocket()
    expect(await ident(socket)).toBe('SSH-2.0-Gatebook')
    socket.destroy()
  })

  it('who does not sign in is cut off when the grace time is over, and one who has is not', async () => {
    await using hasty = await rawWorld({ GATEBOOK_LOGIN_GRACE_S: '1' })
    using session = await hasty.session()
    const port = hasty.gateway.sshPort
    const silent = await bareSocket(port)
    const halfway = await bareSocket(port)
    halfway.write(IDENT.subarray(0, 5))
    const named = await bareSocket(port)
    named.write(IDENT)
    using secured = await rawClient(port)
    const sockets = [silent, halfway, named].map((socket) => once(socket.resume(), 'close'))
    await Promise.all([...sockets, secured.closed])
    await roundTrip(session.staff)
  })

  it.each([
    ['words of HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['version 1 of the protocol', Buffer.from('SSH-1.5-old\r\n')],
    ['a line without an end', Buffer.alloc(100_000, 65)],
    ['noise behind the name', Buffer.concat([IDENT, Buffer.alloc(100_000, 0xff)])],
    ['a packet of no length', Buffer.concat([IDENT, Buffer.alloc(64)])],
    ['messages of the connection before any key', Buffer.concat([IDENT, plainPacket(Buffer.of(90, 0, 0, 0, 0))])],
    ['a key exchange that is cut', Buffer.concat([IDENT, plainPacket(Buffer.of(20, 1, 2, 3))])],
    ['a goodbye that is cut', Buffer.concat([IDENT, plainPacket(Buffer.of(1, 0, 0))])],
  ])('who sends %s is cut off at once', async (_, bytes) => {
    const socket = await bareSocket()
    socket.resume()
    socket.write(bytes)
    await once(socket, 'close')
    expect(socket.destroyed).toBe(true)
  })

  it('may send its name in any number of pieces (research B15)', async () => {
    using session = await world.session()
    const socket = await bareSocket()
    await ident(socket)
    const keyExchange = once(socket, 'data')
    for (const byte of IDENT) {
      socket.write(Buffer.of(byte))
      await roundTrip(session.staff)
    }
    await keyExchange
    socket.destroy()
  })

  it('may send everything byte by byte', async () => {
    const socket = await bareSocket()
    const write = socket.write.bind(socket)
    socket.write = ((data: Buffer) => {
      for (const byte of data) write(Buffer.of(byte))
      return true
    }) as typeof socket.write
    using peer = new RawPeer(socket, offerToTarget(hostKeyAlgorithms))
    await peer.nextKeys()
    peer.requestService('ssh-userauth')
    await peer.next(SERVICE_ACCEPTED)
  })

  it('who closes its half of the connection is gone', async () => {
    const socket = connect({ port: world.gateway.sshPort, host: '127.0.0.1', allowHalfOpen: true })
    await once(socket, 'connect')
    socket.resume()
    socket.end(IDENT)
    await once(socket, 'end')
    socket.destroy()
  })

  it('who slips a message in before the keys is cut off (Terrapin)', async () => {
    using peer = new RawPeer(await bareSocket(), offerToTarget(hostKeyAlgorithms))
    slipIn(peer.socket)
    expect(await outcome(peer)).toBe('closed')
  })

  it('asks for the sign-in once', async () => {
    using peer = await rawClient(world.gateway.sshPort)
    peer.requestService('ssh-userauth')
    peer.requestService('ssh-userauth')
    expect(await peer.closed).toBe('the service runs already')
  })

  it('who resets its connection at any time ends nothing else', async () => {
    for (const bytes of [Buffer.alloc(0), IDENT.subarray(0, 4), IDENT, Buffer.alloc(1000)]) {
      const socket = await bareSocket()
      socket.write(bytes)
      socket.resetAndDestroy()
    }
    using session = await world.session()
    expect(session.staffChannel).toBe(0)
  })
})

describe('strangers from one address', () => {
  it('are at most 30 at once, and those who have signed in do not count', async () => {
    using session = await world.session()
    const sockets = await Promise.all(Array.from({ length: 30 }, async () => bareSocket()))
    await Promise.all(sockets.map(ident))
    const refused = await bareSocket()
    expect(await ident(refused)).toBe('gatebook: too many connections that have not signed in, try again in a minute')
    await once(refused, 'close')
    for (const socket of sockets) socket.destroy()
    await expect.poll(isLetIn).toBe(true)
    await roundTrip(session.staff)
  })
})

describe('the algorithms', () => {
  it('for signatures are those that staff can sign in by, no SHA-1 among them (research B12)', async () => {
    using peer = await rawClient(world.gateway.sshPort)
    peer.requestService('ssh-userauth')
    await peer.next(SERVICE_ACCEPTED)
    expect(peer.signatureAlgorithms.toSorted()).toEqual([
      'ecdsa-sha2-nistp256',
      'ecdsa-sha2-nistp384',
      'ecdsa-sha2-nistp521',
      'rsa-sha2-256',
      'rsa-sha2-512',
      'sk-ecdsa-sha2-nistp256@openssh.com',
      'sk-ssh-ed25519@openssh.com',
      'ssh-ed25519',
    ])
  })

  it.each([
    ['compression', { compress: ['zlib'] }],
    ['compression behind the sign-in', { compress: ['zlib@openssh.com'] }],
    ['CBC', { cipher: ['aes128-cbc'] }],
    ['SHA-1', { cipher: ['aes128-ctr'], mac: ['hmac-sha1'] }],
  ])('of %s are not agreed on', async (_, change) => {
    const direction = { ...offerToTarget([]).cs, ...change }
    const peer = new RawPeer(await bareSocket(), offering({ cs: direction, sc: direction }))
    expect(await outcome(peer)).toBe('closed')
  })

  it.each([
    ['key exchange by SHA-1', { kex: ['diffie-hellman-group14-sha1'] }],
    ['key exchange of a group the client chooses', { kex: ['diffie-hellman-group-exchange-sha256'] }],
    ['host key by RSA', { serverHostKey: ['rsa-sha2-512', 'ssh-rsa'] }],
  ])('of a %s are not agreed on', async (_, change) => {
    const peer = new RawPeer(await bareSocket(), offering(change))
    expect(await outcome(peer)).toBe('closed')
  })

  it.each(['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'])(
    'of %s work',
    async (cipher) => {
      const direction = { ...offerToTarget([]).cs, cipher: [cipher] }
      using peer = new RawPeer(await bareSocket(), offering({ cs: direction, sc: direction }))
      expect(await outcome(peer)).toBe('keys')
    },
  )
})

describe('a packet', () => {
  it('may be longer than 35,000 bytes (research B14)', async () => {
    using session = await world.session()
    session.staff.send(channelRequest(session.staffChannel, 'exec', false, string('x'.repeat(200_000))))
    const asked = await session.target.next(message.channelRequest)
    asked.uint32()
    asked.string()
    asked.boolean()
    expect(asked.string()).toHaveLength(200_000)
  })

  it.each([
    ['may fill 256 KiB', 262_107, /^a message for a channel that is not open$/],
    // Said in other words where ssh2's native part is missing.
    ['may not be longer', 262_108, /^Bad packet length/],
  ])('%s', async (_, length, reason) => {
    using session = await world.session()
    // To a channel that is not there: whoever can read the packet says so.
    const head = channelRequest(77, 'x', false)
    session.staff.send(head, Buffer.alloc(length - head.length))
    expect(await session.staff.closed).toMatch(reason)
  })
})

describe('new keys', () => {
  it('can be agreed on at any time, on both legs, and nothing is lost', async () => {
    using session = await world.session({ staff: 2 ** 30 })
    const { staff, target, staffChannel, targetChannel } = session
    staff.onlyCountsData = target.onlyCountsData = true
    let [up, down] = [0, 0]
    for (let round = 0; round < 40; round++) {
      const agreed = round % 4 === 0 ? [staff.rekey(), target.rekey()] : [staff.rekey()]
      await Promise.all(agreed)
      for (let i = 0; i < 2; i++) {
        staff.send(channelData(staffChannel, Buffer.alloc(9000)))
        target.send(channelData(targetChannel, Buffer.alloc(9000)))
        up += 9000
        down += 9000
      }
    }
    await expect.poll(() => [target.dataBytes, staff.dataBytes]).toEqual([up, down])
  })
})

describe('a goodbye of the gateway', () => {
  it('is followed by the cut, even if the peer never closes', async () => {
    const socket = connect({ port: world.gateway.sshPort, host: '127.0.0.1', allowHalfOpen: true })
    using peer = new RawPeer(socket, offerToTarget(hostKeyAlgorithms))
    await peer.nextKeys()
    peer.requestService('nothing')
    await once(socket, 'end')
    // Its half stays open: it learns of the cut only by writing.
    const writing = setInterval(() => socket.write('still here'), 50)
    await peer.closed
    clearInterval(writing)
    expect(socket.destroyed).toBe(true)
  })

  it('reaches everybody inside when the door closes', async () => {
    await using own = await rawWorld()
    using session = await own.session()
    const closing = own.gateway.close()
    expect(await session.staff.closed).toContain('the gateway is stopping')
    expect(await session.target.closed).toBe('session ended')
    await closing
  })
})

async function isLetIn(): Promise<boolean> {
  const socket = await bareSocket()
  const first = await Promise.race([ident(socket), once(socket, 'close').then(() => '')])
  socket.destroy()
  return first.startsWith('SSH-2.0-')
}

async function roundTrip(peer: RawPeer): Promise<void> {
  peer.send(message.globalRequest, string('keepalive@openssh.com'), boolean(true))
  await peer.next(message.requestFailure)
}

/** Whether keys were agreed. */
function outcome(peer: RawPeer): Promise<'keys' | 'closed'> {
  return Promise.race([
    peer.closed.then(() => 'closed' as const),
    peer.nextKeys().then(() => (peer.sessionId().length > 0 ? 'keys' : 'closed')),
  ])
}
