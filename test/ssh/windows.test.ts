import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message } from '#gateway/transport/message.ts'
import { boolean, string, uint32, wireMessage, type WireReader } from '#gateway/transport/wire.ts'
import { askForSession, channelData } from '#test/harness/raw-client.ts'
import type { RawPeer } from '#test/harness/raw-peer.ts'
import { rawWorld, type RawSession, type RawWorld } from './raw-world.ts'

let world: RawWorld
beforeAll(async () => {
  world = await rawWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const WINDOW_MAX = 2 * 1024 * 1024
const GIVEN_MAX = 2 ** 32 - 1

function stderrData(channel: number, bytes: Buffer): Buffer {
  return wireMessage(message.channelExtendedData, uint32(channel), uint32(1), string(bytes))
}

function adjust(channel: number, bytes: number): Buffer {
  return wireMessage(message.channelWindowAdjust, uint32(channel), uint32(bytes))
}

/** Everything a peer sent before is dealt with when it is answered. */
async function roundTrip(peer: RawPeer): Promise<void> {
  peer.send(message.globalRequest, string('keepalive@openssh.com'), boolean(true))
  await peer.next(message.requestFailure)
}

/** What the gateway granted since the last look. */
async function granted(peer: RawPeer): Promise<number> {
  let bytes = 0
  while (peer.count(message.channelWindowAdjust) > 0) {
    const reader = await peer.next(message.channelWindowAdjust)
    reader.uint32()
    bytes += reader.uint32()
  }
  return bytes
}

/** The window and the packet size in a message that opens or confirms a channel. */
function terms(reader: WireReader, behind: () => void): [number, number] {
  behind()
  reader.uint32()
  return [reader.uint32(), reader.uint32()]
}

describe('a window', () => {
  it('is given to either side as wide as the other side opens it, up to 2 MiB', async () => {
    for (const [wide, expected] of [
      [1000, 1000],
      [GIVEN_MAX, WINDOW_MAX],
    ] as const) {
      using pair = await world.pair()
      askForSession(pair.staff, { window: wide })
      const asked = await pair.target.next(message.channelOpen)
      expect(terms(asked, () => asked.string())).toEqual([expected, 32_768])
      pair.target.send(message.channelOpenConfirmation, uint32(0), uint32(0), uint32(wide), uint32(32_768))
      const answer = await pair.staff.next(message.channelOpenConfirmation)
      expect(terms(answer, () => answer.uint32())).toEqual([expected, 32_768])
    }
  })

  it('can be used to its last byte by staff, and not beyond', async () => {
    using session = await world.session({ target: 1000 })
    session.staff.send(channelData(session.staffChannel, Buffer.alloc(1000)))
    const data = await session.target.next(message.channelData)
    data.uint32()
    expect(data.string()).toHaveLength(1000)
    session.staff.send(channelData(session.staffChannel, Buffer.alloc(1)))
    expect(await session.staff.closed).toBe('more data than the window allows')
  })

  it.each([
    ['stdout', channelData],
    ['stderr', stderrData],
  ])('can be used to its last byte by the %s of a target, and not beyond', async (_, say) => {
    using session = await world.session({ staff: 1000 })
    session.target.send(say(session.targetChannel, Buffer.alloc(1000)))
    session.target.send(say(session.targetChannel, Buffer.alloc(1)))
    expect(await session.target.closed).toBe('more data than the window allows')
    expect(await session.staff.closed).toBe('gatebook: web1.acme closed the connection')
  })

  it('can grow to 4 GiB less one byte, and not beyond', async () => {
    using session = await world.session({ staff: 1000 })
    session.staff.send(adjust(session.staffChannel, GIVEN_MAX - 1000))
    await roundTrip(session.staff)
    session.staff.send(adjust(session.staffChannel, 1))
    expect(await session.staff.closed).toBe('a window grew beyond 4 GiB')
  })

  it('is opened to one side as the other side opens its own', async () => {
    using session = await world.session({ staff: 100, target: 100 })
    session.staff.send(adjust(session.staffChannel, 1000))
    await roundTrip(session.staff)
    await roundTrip(session.target)
    expect(await granted(session.target)).toBe(1000)
    session.target.send(adjust(session.targetChannel, 5000))
    await roundTrip(session.target)
    await roundTrip(session.staff)
    expect(await granted(session.staff)).toBe(5000)
  })

  it('that grows byte by byte, or by nothing, costs the other side no message', async () => {
    using session = await world.session({ staff: 2 ** 20 })
    for (let i = 0; i < 10_000; i++) session.staff.send(adjust(session.staffChannel, i % 2))
    await roundTrip(session.staff)
    await roundTrip(session.target)
    expect(session.target.count(message.channelWindowAdjust)).toBe(0)
  })

  it('that stalls both stdout and stderr loses and repeats nothing when it opens (research B1, B2)', async () => {
    using session = await world.session({ staff: 3000 })
    const expected = { out: '', err: '' }
    const said = { out: '', err: '' }
    let window = 3000
    for (let round = 0; round < 60; round++) {
      const name = round % 3 === 0 ? 'err' : 'out'
      const text = `${name} ${round} `.repeat(200).slice(0, window)
      window -= text.length
      expected[name] += text
      session.target.send((name === 'out' ? channelData : stderrData)(session.targetChannel, Buffer.from(text)))
      await roundTrip(session.target)
      await roundTrip(session.staff)
      session.staff.send(adjust(session.staffChannel, 700))
      await roundTrip(session.staff)
      await roundTrip(session.target)
      window += await granted(session.target)
    }
    await collect(session.staff, said)
    expect(said).toEqual(expected)
  })
})

describe('staff who advertise 4 GiB', () => {
  it.each([
    ['and stop reading', (session: RawSession) => session.staff.socket.pause()],
    ['and stop in the middle of a key exchange', stopInKeyExchange],
  ])('%s cannot make the gateway hold what the target sends', async (_, stall) => {
    using session = await world.session({ staff: GIVEN_MAX })
    session.staff.onlyCountsData = true
    stall(session)
    const sent = await sendAllAllowed(session)
    expect(sent).toBeLessThan(64 * WINDOW_MAX)
    session.staff.socket.resume()
    await expect.poll(() => session.staff.dataBytes, { timeout: 20_000 }).toBe(sent)
  })
})

describe('the end of data', () => {
  it.each([
    ['data', (channel: number) => channelData(channel, 'more'), 'data behind the end of data'],
    ['a second end', (channel: number) => wireMessage(message.channelEof, uint32(channel)), 'a second end of data'],
    ['data after the close', null, 'a message after the close of its channel'],
  ])('is not followed by %s', async (_, more, reason) => {
    using session = await world.session()
    const { staff, staffChannel } = session
    staff.send(message.channelEof, uint32(staffChannel))
    await session.target.next(message.channelEof)
    if (more === null) staff.send(message.channelClose, uint32(staffChannel))
    staff.send(more === null ? channelData(staffChannel, 'more') : more(staffChannel))
    expect(await staff.closed).toBe(reason)
  })

  it('of staff leaves the other direction open', async () => {
    using session = await world.session()
    session.staff.send(message.channelEof, uint32(session.staffChannel))
    await session.target.next(message.channelEof)
    session.target.send(channelData(session.targetChannel, 'still here'))
    const data = await session.staff.next(message.channelData)
    data.uint32()
    expect(data.text()).toBe('still here')
  })
})

describe('a channel that is not open', () => {
  it.each([
    message.channelWindowAdjust,
    message.channelData,
    message.channelExtendedData,
    message.channelEof,
    message.channelClose,
    message.channelRequest,
    message.channelSuccess,
    message.channelFailure,
  ])('is a breach in message %i of either side', async (type) => {
    using session = await world.session()
    session.staff.send(type, uint32(77), uint32(1), uint32(0), uint32(0))
    expect(await session.staff.closed).toBe('a message for a channel that is not open')
    using other = await world.session()
    other.target.send(type, uint32(77), uint32(1), uint32(0), uint32(0))
    expect(await other.target.closed).toBe('a message for a channel that is not open')
  })

  it.each([message.channelOpenConfirmation, message.channelOpenFailure])(
    'is a breach in message %i that answers nothing',
    async (type) => {
      using session = await world.session()
      session.staff.send(type, uint32(0), uint32(0), uint32(1000), uint32(1000))
      expect(await session.staff.closed).toBe('an answer to a channel that nobody asked for')
    },
  )

  it('is one whose target confirms it with packets of no bytes (research B3)', async () => {
    using pair = await world.pair()
    askForSession(pair.staff)
    await pair.target.next(message.channelOpen)
    pair.target.send(message.channelOpenConfirmation, uint32(0), uint32(0), uint32(1000), uint32(0))
    expect(await pair.target.closed).toBe('the maximum packet size of a channel is too small')
  })
})

/** Begins a key exchange and reads nothing more of it. */
function stopInKeyExchange({ staff }: RawSession): void {
  void staff.rekey()
  staff.socket.pause()
}

/** Sends as much as the window ever allows, until it stays shut; gives the bytes. */
async function sendAllAllowed({ target, targetChannel }: RawSession): Promise<number> {
  let sent = 0
  for (let window = WINDOW_MAX; window > 0 && sent < 100 * WINDOW_MAX; window = await granted(target)) {
    for (let left = window; left > 0; left -= 32_768) {
      target.send(channelData(targetChannel, Buffer.alloc(Math.min(left, 32_768))))
    }
    sent += window
    await roundTrip(target)
  }
  return sent
}

async function collect(staff: RawPeer, said: { out: string; err: string }): Promise<void> {
  while (staff.count(message.channelData) > 0) {
    const reader = await staff.next(message.channelData)
    reader.uint32()
    said.out += reader.text()
  }
  while (staff.count(message.channelExtendedData) > 0) {
    const reader = await staff.next(message.channelExtendedData)
    reader.uint32()
    reader.uint32()
    said.err += reader.text()
  }
}
