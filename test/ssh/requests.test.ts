import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message } from '#gateway/transport/message.ts'
import { boolean, string, uint32, wireMessage } from '#gateway/transport/wire.ts'
import { askForSession, channelData, channelRequest, confirmed } from '#test/harness/raw-client.ts'
import type { RawPeer } from '#test/harness/raw-peer.ts'
import { rawWorld, type RawSession, type RawWorld } from './raw-world.ts'

let world: RawWorld
beforeAll(async () => {
  world = await rawWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

/** A request as it arrived: type, whether it wants an answer, its fields. */
async function arrived(peer: RawPeer): Promise<[string, boolean, Buffer]> {
  const reader = await peer.next(message.channelRequest)
  reader.uint32()
  return [reader.text(), reader.boolean(), reader.rest()]
}

/** Asks for something the gateway answers itself: everything before is dealt with then. */
async function roundTrip(peer: RawPeer): Promise<void> {
  peer.send(message.globalRequest, string('keepalive@openssh.com'), boolean(true))
  await peer.next(message.requestFailure)
}

async function session(): Promise<RawSession & { ask(type: string, wantReply: boolean, ...fields: Buffer[]): void }> {
  const opened = await world.session()
  return { ...opened, ask: (...words) => opened.staff.send(channelRequest(opened.staffChannel, ...words)) }
}

const answers = (peer: RawPeer) => [peer.count(message.channelSuccess), peer.count(message.channelFailure)]

describe('a request of staff', () => {
  const modes = Buffer.from('01000000030000', 'hex')
  const ptyRequest = [string('xterm'), uint32(80), uint32(24), uint32(0), uint32(0), string(modes)]
  it.each([
    ['pty-req', ptyRequest],
    ['shell', []],
    ['exec', [string(Buffer.from([0xff, 0xfe, 0x00, 0x41]))]],
    ['subsystem', [string('sftp')]],
    ['window-change', [uint32(100), uint32(40), uint32(0), uint32(0)]],
    ['signal', [string('INT')]],
    ['break', [uint32(500)]],
    ['eow@openssh.com', []],
    ['env', [string('LANG'), string('ru_RU.KOI8-R')]],
    ['env', [string('LC_ALL'), string(Buffer.from([0xe9]))]],
    // Cut short: what the target makes of it is the target's.
    ['exec', [Buffer.of(0, 0, 0, 9, 65)]],
    ['pty-req', []],
  ])('%s reaches the target byte for byte', async (type, fields) => {
    using ends = await session()
    ends.ask(type, false, ...fields)
    expect(await arrived(ends.target)).toEqual([type, false, Buffer.concat(fields)])
  })

  it.each([
    ['x11-req', [boolean(false), string('MIT-MAGIC-COOKIE-1'), string('00'), uint32(0)]],
    ['auth-agent-req@openssh.com', []],
    ['subsystem', [string('netconf')]],
    ['env', [string('LD_PRELOAD'), string('/tmp/x.so')]],
    ['env', [string('LC_ALL_'), string('C')]],
    ['env', [string('LANG\n'), string('C')]],
    ['winadj@putty.projects.tartarus.org', []],
    ['exit-status', [uint32(0)]],
    ['', []],
  ])('%s is refused and does not reach the target', async (type, fields) => {
    using ends = await session()
    ends.ask(type, true, ...fields)
    await ends.staff.next(message.channelFailure)
    await roundTrip(ends.target)
    expect(ends.target.count(message.channelRequest)).toBe(0)
  })

  it.each([
    ['env', [Buffer.of(0, 0, 0, 9, 65)]],
    ['env', [string('LANG'), string('C'), Buffer.of(0)]],
    ['env', []],
    ['x11-req', []],
    ['subsystem', [Buffer.of(0, 0, 0, 9, 65)]],
  ])('%s that cannot be read ends the connection', async (type, fields) => {
    using ends = await session()
    ends.ask(type, true, ...fields)
    expect(await ends.staff.closed).toMatch(/shorter than it says|bytes behind/)
  })

  it('is answered in the order of asking, whoever answers', async () => {
    using ends = await session()
    ends.ask('exec', true, string('true'))
    ends.ask('auth-agent-req@openssh.com', true)
    await arrived(ends.target)
    await roundTrip(ends.staff)
    expect(answers(ends.staff)).toEqual([0, 0])
    ends.target.send(message.channelSuccess, uint32(ends.targetChannel))
    await ends.staff.next(message.channelSuccess)
    await ends.staff.next(message.channelFailure)
  })

  it('gets no answer that it did not ask for', async () => {
    using ends = await session()
    for (const type of [message.channelSuccess, message.channelFailure]) {
      ends.target.send(type, uint32(ends.targetChannel))
      ends.staff.send(type, uint32(ends.staffChannel))
    }
    ends.ask('exec', false, string('true'))
    await arrived(ends.target)
    ends.target.send(message.channelSuccess, uint32(ends.targetChannel))
    await roundTrip(ends.target)
    await roundTrip(ends.staff)
    expect(answers(ends.staff)).toEqual([0, 0])
    expect(answers(ends.target)).toEqual([0, 0])
  })

  it('may wait for an answer with 999 others, not with 1000', async () => {
    using ends = await session()
    for (let i = 0; i < 1000; i++) ends.ask('signal', true, string('INT'))
    await roundTrip(ends.staff)
    ends.ask('signal', true, string('INT'))
    expect(await ends.staff.closed).toBe('too many unanswered requests')
  })

  it('is not piled up for a target that takes nothing', async () => {
    using ends = await session()
    ends.target.socket.pause()
    const closed = ends.staff.closed.then(() => true)
    let bytes = 0
    for (let over = false; !over && bytes < 64 * 2 ** 20; bytes += 100_000) {
      ends.ask('signal', false, Buffer.alloc(100_000))
      over = await Promise.race([
        closed,
        roundTrip(ends.staff).then(
          () => false,
          () => true,
        ),
      ])
    }
    expect(await ends.staff.closed).toBe('too many requests that the other end does not take')
    expect(bytes).toBeLessThan(64 * 2 ** 20)
  })
})

describe('a request of a target', () => {
  it.each([
    ['exit-status', [uint32(7)]],
    ['exit-signal', [string('SIG@openssh.com'), boolean(false), string(''), string('')]],
    ['eow@openssh.com', []],
    ['xon-xoff', [boolean(true)]],
  ])('%s reaches staff byte for byte', async (type, fields) => {
    using ends = await session()
    ends.target.send(channelRequest(ends.targetChannel, type, false, ...fields))
    expect(await arrived(ends.staff)).toEqual([type, false, Buffer.concat(fields)])
  })

  it('reaches staff who have closed already: OpenSSH waits for the exit status then', async () => {
    using ends = await session()
    ends.staff.send(message.channelClose, uint32(ends.staffChannel))
    await ends.target.next(message.channelClose)
    ends.target.send(channelRequest(ends.targetChannel, 'exit-status', false, uint32(7)))
    expect(await arrived(ends.staff)).toEqual(['exit-status', false, uint32(7)])
    ends.target.send(message.channelClose, uint32(ends.targetChannel))
    await ends.staff.next(message.channelClose)
  })

  it('that wants an answer is refused by the gateway', async () => {
    using ends = await session()
    ends.target.send(channelRequest(ends.targetChannel, 'keepalive@openssh.com', true))
    await ends.target.next(message.channelFailure)
  })

  it('is not piled up for staff that take nothing', async () => {
    using ends = await session()
    ends.staff.socket.pause()
    const { target } = ends
    const closed = target.closed.then(() => true)
    let bytes = 0
    for (let over = false; !over && bytes < 64 * 2 ** 20; bytes += 100_000) {
      target.send(channelRequest(ends.targetChannel, 'exit-signal', false, Buffer.alloc(100_000)))
      over = await Promise.race([
        closed,
        roundTrip(target).then(
          () => false,
          () => true,
        ),
      ])
    }
    expect(await target.closed).toBe('too many requests that the other end does not take')
  })

  it('behind the close of its channel is a breach', async () => {
    using ends = await session()
    ends.target.socket.cork()
    ends.target.send(message.channelClose, uint32(ends.targetChannel))
    ends.target.send(channelRequest(ends.targetChannel, 'exit-status', false, uint32(0)))
    ends.target.socket.uncork()
    expect(await ends.target.closed).toBe('a message after the close of its channel')
  })
})

describe('answers that staff do not read', () => {
  it('are not piled up: the gateway reads no more until they are read', async () => {
    using ends = await session()
    using other = await session()
    const { staff } = ends
    staff.socket.pause()
    // Each is refused with its own long name.
    const ask = () => staff.send(message.channelOpen, string('x'.repeat(30_000)), uint32(9), uint32(999), uint32(999))
    let asked = 0
    for (let isTaken = true; isTaken && asked < 3000; asked++) {
      ask()
      isTaken = staff.socket.writableLength === 0
      for (let i = 0; i < 20 && !isTaken; i++) {
        await roundTrip(other.staff)
        isTaken = staff.socket.writableLength === 0
      }
    }
    expect(asked).toBeLessThan(3000)
    staff.socket.resume()
    for (let i = 0; i < asked; i++) await staff.next(message.channelOpenFailure)
  })
})

describe('a channel of the gateway itself, without a window', () => {
  it('answers requests while its own words wait', async () => {
    using pair = await world.pair()
    askForSession(pair.staff, { window: 0 })
    const asked = await pair.target.next(message.channelOpen)
    asked.string()
    pair.target.send(message.channelOpenFailure, uint32(asked.uint32()), uint32(4), string('full'), string(''))
    const channel = await confirmed(pair.staff)
    pair.staff.send(channelRequest(channel, 'shell', true))
    await pair.staff.next(message.channelSuccess)
    await roundTrip(pair.staff)
    for (const type of ['unknown@example.com', 'signal']) pair.staff.send(channelRequest(channel, type, true))
    await pair.staff.next(message.channelFailure)
    await pair.staff.next(message.channelFailure)
    expect(pair.staff.count(message.channelExtendedData)).toBe(0)
    pair.staff.send(message.channelWindowAdjust, uint32(channel), uint32(1000))
    await pair.staff.next(message.channelExtendedData)
    await pair.staff.next(message.channelClose)
  })

  it('closes when staff close it, whatever still waits', async () => {
    using pair = await world.pair()
    askForSession(pair.staff, { window: 0 })
    const asked = await pair.target.next(message.channelOpen)
    asked.string()
    pair.target.send(message.channelOpenFailure, uint32(asked.uint32()), uint32(4), string('full'), string(''))
    const channel = await confirmed(pair.staff)
    pair.staff.send(channelRequest(channel, 'shell', true))
    await pair.staff.next(message.channelSuccess)
    await roundTrip(pair.staff)
    pair.staff.send(message.channelClose, uint32(channel))
    await pair.staff.next(message.channelClose)
  })
})

describe('when the target leaves', () => {
  it('in the middle of a session, staff read so on stderr and get status 255', async () => {
    using ends = await session()
    ends.target.send(channelData(ends.targetChannel, 'half a li'))
    ends.target.socket.destroy()
    const data = await ends.staff.next(message.channelData)
    data.uint32()
    expect(data.text()).toBe('half a li')
    const said = await ends.staff.next(message.channelExtendedData)
    said.uint32()
    said.uint32()
    expect(said.text()).toBe('gatebook: web1.acme closed the connection\n')
    expect(await arrived(ends.staff)).toEqual(['exit-status', false, uint32(255)])
    await ends.staff.next(message.channelClose)
    expect(await ends.staff.closed).toBe('gatebook: web1.acme closed the connection')
  })

  it('behind the end of the last command, staff get its status and nothing else', async () => {
    using ends = await session()
    ends.target.socket.cork()
    ends.target.send(channelRequest(ends.targetChannel, 'exit-status', false, uint32(3)))
    ends.target.send(wireMessage(message.channelEof, uint32(ends.targetChannel)))
    ends.target.send(wireMessage(message.channelClose, uint32(ends.targetChannel)))
    ends.target.socket.uncork()
    ends.target.socket.end()
    expect(await arrived(ends.staff)).toEqual(['exit-status', false, uint32(3)])
    await ends.staff.next(message.channelClose)
    await ends.target.closed
    await roundTrip(ends.staff)
    expect(ends.staff.count(message.channelExtendedData)).toBe(0)
  })
})
