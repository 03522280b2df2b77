import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message, openFailure } from '#gateway/transport/message.ts'
import { boolean, string, uint32 } from '#gateway/transport/wire.ts'
import { askForSession, channelData, channelRequest, confirmed } from '#test/harness/raw-client.ts'
import type { RawPeer } from '#test/harness/raw-peer.ts'
import { rawTarget } from '#test/harness/raw-target.ts'
import { grantSession, rawWorld, type RawWorld } from './raw-world.ts'

let world: RawWorld
beforeAll(async () => {
  world = await rawWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

/** The reason and the text with which the gateway refused a channel. */
async function openRefusal(peer: RawPeer): Promise<[number, string]> {
  const reader = await peer.next(message.channelOpenFailure)
  reader.uint32()
  return [reader.uint32(), reader.text()]
}

function openOther(peer: RawPeer, type: string, ...fields: Buffer[]): void {
  peer.send(message.channelOpen, string(type), uint32(0), uint32(2 ** 20), uint32(32_768), ...fields)
}

const liveSessions = async () => await world.gateway.stores.sessions.list({ liveOnly: true, limit: 100 })

describe('a channel that staff ask for', () => {
  it('is joined with one of the target', async () => {
    using session = await world.session()
    session.staff.send(channelRequest(session.staffChannel, 'exec', true, string('uptime')))
    const asked = await session.target.next(message.channelRequest)
    asked.uint32()
    expect([asked.text(), asked.boolean(), asked.text()]).toEqual(['exec', true, 'uptime'])
    session.target.send(message.channelSuccess, uint32(session.targetChannel))
    await session.staff.next(message.channelSuccess)
    session.target.send(channelData(session.targetChannel, 'up 3 days'))
    const data = await session.staff.next(message.channelData)
    data.uint32()
    expect(data.text()).toBe('up 3 days')
  })

  it.each([0, 1, 255])('is refused with a maximum packet size of %i', async (packet) => {
    using pair = await world.pair()
    const { staff } = pair
    askForSession(staff, { packet })
    expect(await openRefusal(staff)).toEqual([openFailure.resourceShortage, 'the maximum packet size is too small'])
  })

  it('is taken with a maximum packet size of 256, and gets packets of that size', async () => {
    using session = await world.session({ packet: 256 })
    session.target.send(channelData(session.targetChannel, Buffer.alloc(600)))
    const lengths = [await session.staff.next(message.channelData), await session.staff.next(message.channelData)].map(
      (reader) => (reader.uint32(), reader.string().length),
    )
    expect(lengths).toEqual([256, 256])
  })

  it('is one of 256; the next is refused, and possible again when one has closed', async () => {
    using pair = await world.pair()
    const { staff, target } = pair
    const channels: number[] = []
    for (let id = 0; id < 256; id++) {
      askForSession(staff, { id })
      await grantSession(target, { id })
      channels.push(await confirmed(staff))
    }
    askForSession(staff, { id: 256 })
    expect(await openRefusal(staff)).toEqual([openFailure.resourceShortage, 'too many channels'])
    staff.send(message.channelClose, uint32(channels[7] ?? 0))
    await target.next(message.channelClose)
    target.send(message.channelClose, uint32(7))
    await staff.next(message.channelClose)
    askForSession(staff, { id: 256 })
    await grantSession(target, { id: 256 })
    await confirmed(staff)
  })

  it.each([
    ['x11', [string('127.0.0.1'), uint32(6000)]],
    ['tun@openssh.com', [uint32(1), uint32(1)]],
    ['no-such-type', []],
  ])('of type %s is refused', async (type, fields) => {
    using pair = await world.pair()
    const { staff } = pair
    openOther(staff, type, ...fields)
    expect(await openRefusal(staff)).toEqual([
      openFailure.prohibited,
      `gatebook: the gateway does not allow ${type} here`,
    ])
  })

  it('is told on stderr why the target takes no session', async () => {
    using pair = await world.pair()
    const { staff, target } = pair
    askForSession(staff)
    target.send(message.channelOpenFailure, uint32(await askedFor(target)), uint32(4), string('too many'), string(''))
    const channel = await confirmed(staff)
    staff.send(channelRequest(channel, 'shell', true))
    expect(await stderr(staff)).toBe('gatebook: web1.acme refuses a session: too many\n')
  })

  it('that the target never answers is let go when staff leave', async () => {
    await expect.poll(liveSessions).toEqual([])
    using pair = await world.pair()
    askForSession(pair.staff)
    await askedFor(pair.target)
    expect(await liveSessions()).toHaveLength(1)
    pair.staff.socket.destroy()
    expect(await pair.target.closed).toBe('session ended')
    await expect.poll(liveSessions).toEqual([])
  })

  it('that the target answers when staff have left is let go', async () => {
    using pair = await world.pair()
    askForSession(pair.staff)
    const id = await askedFor(pair.target)
    pair.target.send(message.channelOpenConfirmation, uint32(id), uint32(0), uint32(1000), uint32(1000))
    pair.staff.socket.destroy()
    expect(await pair.target.closed).toBe('session ended')
    await expect.poll(liveSessions).toEqual([])
  })

  it('while the target is still dialled begins no session when staff leave first', async () => {
    const { promise: mayEnter, resolve: enter } = gate()
    await using slow = await rawTarget(async (peer) => {
      await peer.next(message.userauthRequest)
      await mayEnter
      peer.send(message.userauthSuccess)
    })
    using staff = await world.clientOf('slow', slow)
    const dialled = slow.peer()
    askForSession(staff)
    staff.send(message.globalRequest, string('keepalive@openssh.com'), boolean(true))
    await staff.next(message.requestFailure)
    staff.socket.destroy()
    await staff.closed
    enter()
    using target = await dialled
    await target.closed
    expect(target.count(message.channelOpen)).toBe(0)
    expect(await sessionsOf('slow.acme')).toEqual([])
  })

  it('while the target is still dialled survives a dial that fails when staff have left', async () => {
    const { promise: mayFail, resolve: fail } = gate()
    await using slow = await rawTarget(async (peer) => {
      await peer.next(message.userauthRequest)
      await mayFail
      peer.socket.destroy()
    })
    using staff = await world.clientOf('failing', slow)
    askForSession(staff)
    staff.socket.destroy()
    await staff.closed
    fail()
    await slow.peer()
    expect(await sessionsOf('failing.acme')).toEqual([])
    expect(world.gateway.logged.filter((line) => line.includes('could not be opened'))).toEqual([])
  })
})

describe('somebody who was let in and asks for no channel', () => {
  it('keeps no connection to the target when the right to it goes, and reads why when asking then', async () => {
    await using own = await rawWorld()
    using pair = await own.pair()
    const [grant] = await own.gateway.stores.grants.list()
    await own.gateway.stores.grants.revoke(grant?.id ?? '', 'test')
    expect(await pair.target.closed).toBe('session ended')
    askForSession(pair.staff)
    pair.staff.send(channelRequest(await confirmed(pair.staff), 'exec', true, string('true')))
    expect(await stderr(pair.staff)).toMatch(/^gatebook: .*grant/)
  })
})

describe('a channel that a target asks for', () => {
  it.each(['session', 'direct-tcpip', 'tun@openssh.com'])('of type %s is refused', async (type) => {
    using session = await world.session()
    openOther(session.target, type)
    expect(await openRefusal(session.target)).toEqual([openFailure.prohibited, 'nobody asked for this channel'])
  })
})

describe('a global request', () => {
  it.each([
    'tcpip-forward',
    'cancel-tcpip-forward',
    'streamlocal-forward@openssh.com',
    'keepalive@openssh.com',
    'other',
  ])('for %s is refused to either side', async (name) => {
    using session = await world.session()
    for (const peer of [session.staff, session.target]) {
      peer.send(message.globalRequest, string(name), boolean(true), string('127.0.0.1'), uint32(0))
      await peer.next(message.requestFailure)
    }
  })

  it('that wants no answer gets none', async () => {
    using session = await world.session()
    session.staff.send(message.globalRequest, string('no-more-sessions@openssh.com'), boolean(false))
    session.staff.send(message.globalRequest, string('keepalive@openssh.com'), boolean(true))
    await session.staff.next(message.requestFailure)
    expect(session.staff.count(message.requestFailure)).toBe(0)
  })
})

/** The sessions on a target, when whatever was begun before has come as far as a later one. */
async function sessionsOf(target: string) {
  using later = await world.session()
  expect(later.staffChannel).toBe(0)
  return await world.gateway.stores.sessions.list({ target, limit: 10 })
}

async function askedFor(target: RawPeer): Promise<number> {
  const asked = await target.next(message.channelOpen)
  asked.string()
  return asked.uint32()
}

async function stderr(staff: RawPeer): Promise<string> {
  const reader = await staff.next(message.channelExtendedData)
  reader.uint32()
  reader.uint32()
  return reader.text()
}

function gate(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((open) => (resolve = open))
  return { promise, resolve: () => resolve() }
}
