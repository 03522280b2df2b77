import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeChannelRequest, encodeChannelRequest } from '#gateway/recording/channel-request.ts'
import { message } from '#gateway/transport/message.ts'
import { boolean, string, uint32, wireMessage } from '#gateway/transport/wire.ts'
import { askForSession, channelData, channelRequest, confirmed } from '#test/harness/raw-client.ts'
import type { RawPeer } from '#test/harness/raw-peer.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { grantSession, rawWorld, type RawWorld } from './raw-world.ts'

let world: RawWorld
beforeAll(async () => {
  world = await rawWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

/** What the gateway lets somebody send before there is a target. */
const HELD_WINDOW = 1024
const WINDOW_MAX = 2 * 1024 * 1024

const size = (columns: number, rows: number) => wireMessage(...[columns, rows, 0, 0].map(uint32))
const terminalRequest = (columns: number, rows: number) =>
  wireMessage(string('xterm'), size(columns, rows), string(Buffer.of(0)))

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

/** Data and stderr that came and nobody took, joined. */
async function said(peer: RawPeer): Promise<string> {
  let text = ''
  for (const [type, numbers] of [
    [message.channelData, 1],
    [message.channelExtendedData, 2],
  ] as const) {
    while (peer.count(type) > 0) {
      const reader = await peer.next(type)
      for (let number = 0; number < numbers; number++) reader.uint32()
      text += reader.string().toString('latin1')
    }
  }
  return text
}

/** Somebody in front of the menu, which took `painted` bytes of the window before web1.acme was chosen. */
async function chosen({ window = WINDOW_MAX, keys = 'web1\r' } = {}) {
  const staff = await world.as('nobody')
  askForSession(staff, { window })
  const channel = await confirmed(staff)
  staff.send(channelRequest(channel, 'pty-req', true, terminalRequest(80, 24)))
  staff.send(channelRequest(channel, 'env', true, string('LANG'), string('C.UTF-8')))
  staff.send(channelRequest(channel, 'shell', true))
  for (let request = 0; request < 3; request++) await staff.next(message.channelSuccess)
  let painted = ''
  while (!painted.includes('Esc leaves')) {
    await roundTrip(staff)
    painted += await said(staff)
  }
  staff.send(channelData(channel, keys))
  const target = await world.target.peer()
  return {
    staff,
    channel,
    target,
    painted: painted.length,
    [Symbol.dispose]: () => [staff, target].forEach((end) => end.socket.destroy()),
  }
}

/** The next request that the target hears. */
async function requested(target: RawPeer): Promise<{ type: string; wantsReply: boolean; fields: Buffer }> {
  const reader = await target.next(message.channelRequest)
  reader.uint32()
  return { type: reader.text(), wantsReply: reader.boolean(), fields: reader.rest() }
}

describe('a target that was chosen in the menu', () => {
  it('is asked for all that was asked before, with the size of now, and nothing is answered twice', async () => {
    using session = await chosen()
    const { staff, target, channel } = session
    staff.send(channelRequest(channel, 'window-change', false, size(101, 31)))
    await roundTrip(staff)
    const number = await grantSession(target)
    const pty = await requested(target)
    expect(decodeChannelRequest(encodeChannelRequest(pty.type, pty.fields))).toEqual({
      type: 'pty-req',
      terminal: 'xterm',
      columns: 101,
      rows: 31,
    })
    expect(await requested(target)).toMatchObject({ type: 'env', wantsReply: false })
    expect(await requested(target)).toMatchObject({ type: 'shell', wantsReply: true })
    for (let reply = 0; reply < 2; reply++) target.send(message.channelSuccess, uint32(number))
    // The next question is the target's own to answer.
    staff.send(channelRequest(channel, 'break', true, uint32(1)))
    expect(await requested(target)).toMatchObject({ type: 'break', wantsReply: true })
    target.send(message.channelFailure, uint32(number))
    await staff.next(message.channelFailure)
    expect(staff.count(message.channelSuccess)).toBe(0)
  })

  it('may send just what the menu left of the window, and a flood stays within it', async () => {
    const window = 20_000
    using session = await chosen({ window })
    const { staff, target, channel, painted } = session
    const asked = await target.next(message.channelOpen)
    asked.string()
    const [number, given] = [asked.uint32(), asked.uint32()]
    await roundTrip(staff)
    const menu = painted + (await said(staff)).length
    expect(menu).toBeGreaterThan(painted)
    expect(given).toBe(window - menu)
    // The window grows while the target takes its time.
    staff.send(message.channelWindowAdjust, uint32(channel), uint32(500))
    await roundTrip(staff)
    target.send(message.channelOpenConfirmation, uint32(number), uint32(0), uint32(WINDOW_MAX), uint32(32_768))
    await requested(target)
    await roundTrip(target)
    let open = given + (await granted(target))
    let [flooded, received] = [0, 0]
    // As an ssh that shows a part of it and makes as much room again.
    for (let round = 0; round < 30; round++) {
      if (open > 0) target.send(channelData(number, Buffer.alloc(open, 'x')))
      flooded += open
      await roundTrip(target)
      await roundTrip(staff)
      received += (await said(staff)).length
      staff.send(message.channelWindowAdjust, uint32(channel), uint32(700))
      await roundTrip(staff)
      await roundTrip(target)
      open = await granted(target)
    }
    expect(received).toBe(flooded)
    // All the room there ever was, but for the credit that waits to be worth a message.
    const room = window - menu + 500 + 30 * 700
    expect(flooded + open).toBeLessThanOrEqual(room)
    expect(flooded + open).toBeGreaterThan(room - 64 * 1024)
    target.send(channelData(number, Buffer.alloc(room + 1 - flooded)))
    expect(await target.closed).toBe('more data than the window allows')
  })

  it.each([5000, 50_000])('opens the other way as far as it takes: %i bytes', async (window) => {
    const keys = 'web1\rls\r'
    using session = await chosen({ keys })
    const { staff, target, channel } = session
    await grantSession(target, { window })
    const ahead = await target.next(message.channelData)
    ahead.uint32()
    expect(ahead.text()).toBe('ls\r')
    await roundTrip(target)
    await roundTrip(staff)
    const open = HELD_WINDOW - keys.length + (await granted(staff))
    expect(open).toBe(window - 'ls\r'.length)
    for (let left = open; left > 0; left -= 32_768) {
      staff.send(channelData(channel, Buffer.alloc(Math.min(left, 32_768))))
    }
    await roundTrip(staff)
    staff.send(channelData(channel, 'x'))
    expect(await staff.closed).toBe('more data than the window allows')
  })

  it('hears everything that was typed while it took nothing', async () => {
    using session = await chosen()
    const { staff, target, channel } = session
    const typed = Buffer.alloc(HELD_WINDOW - 'web1\r'.length, 'abcdefghij')
    staff.send(channelData(channel, typed.subarray(0, 500)))
    await roundTrip(staff)
    // sshd opens its window when the shell runs.
    const number = await grantSession(target, { window: 0 })
    staff.send(channelData(channel, typed.subarray(500)))
    await roundTrip(staff)
    await roundTrip(target)
    expect(target.count(message.channelData)).toBe(0)
    target.send(message.channelWindowAdjust, uint32(number), uint32(600))
    await roundTrip(target)
    target.send(message.channelWindowAdjust, uint32(number), uint32(5000))
    await roundTrip(target)
    expect(await said(target)).toBe(typed.toString('latin1'))
    await roundTrip(staff)
    expect(await granted(staff)).toBe('web1\r'.length + 5600 - 'web1\r'.length - typed.length)
  })

  it('leaves a record without a byte of the menu, which ends with the channel', async () => {
    using session = await chosen({ keys: 'web1\rwho\r' })
    const { staff, target, channel } = session
    const number = await grantSession(target)
    await requested(target)
    target.send(channelData(number, 'am I'))
    await roundTrip(target)
    target.send(message.channelClose, uint32(number))
    await staff.next(message.channelClose)
    staff.send(message.channelClose, uint32(channel))
    const { id, staff: login, endReason } = await newestEndedSession(world.gateway)
    expect([login, endReason]).toEqual(['ivan', 'closed'])
    const events = await recordedEvents(world.gateway, id)
    expect(bytesOf(events, 'output', 'stderr').toString()).toBe('am I')
    // This target shows nothing of what is typed, so it is taken for a secret.
    expect(bytesOf(events, 'maskedInput').toString()).toBe('•••\r')
    await target.closed
    // The connection is good for another one.
    askForSession(staff, { id: 1 })
    await confirmed(staff)
  })

  it.each([
    ['pty-req', 'a terminal', [false, true]],
    ['shell', 'a shell', [true, false]],
  ])('that refuses %s ends the channel and says so', async (_, what, replies) => {
    using session = await chosen()
    const { staff, target } = session
    const number = await grantSession(target)
    for (const reply of replies) target.send(reply ? message.channelSuccess : message.channelFailure, uint32(number))
    await staff.next(message.channelClose)
    expect(await said(staff)).toContain(`gatebook: web1.acme refuses ${what}\r\n`)
    await target.next(message.channelClose)
  })

  it('that refuses the channel leads back to the menu', async () => {
    using session = await chosen()
    const { staff, target, channel } = session
    const asked = await target.next(message.channelOpen)
    asked.string()
    target.send(message.channelOpenFailure, uint32(asked.uint32()), uint32(4), string('no more sessions'), string(''))
    await expect.poll(() => said(staff)).toContain('web1.acme refuses a session: no more sessions')
    staff.send(channelData(channel, '\x03'))
    await staff.next(message.channelClose)
    await target.closed
  })
})

describe('somebody who does not wait for the target', () => {
  it('goes back to the menu by Ctrl+C, and the target is let go', async () => {
    using session = await chosen()
    const { staff, target, channel } = session
    await target.next(message.channelOpen)
    await said(staff)
    staff.send(channelData(channel, 'typed ahead\x03'))
    await target.closed
    await expect.poll(() => said(staff)).toContain('not connected: Ctrl+C')
    // All that was typed is dealt with, so that as much can be typed again.
    await roundTrip(staff)
    expect(await granted(staff)).toBe('web1\rtyped ahead\x03'.length)
  })

  it.each([
    ['closes the channel', (staff: RawPeer, channel: number) => staff.send(message.channelClose, uint32(channel))],
    ['closes the connection', (staff: RawPeer) => staff.socket.destroy()],
  ])('and %s lets the target go too', async (_, leave) => {
    using session = await chosen()
    const { staff, target, channel } = session
    await target.next(message.channelOpen)
    leave(staff, channel)
    await target.closed
    expect((await newestEndedSession(world.gateway)).endReason).toBe('closed')
  })
})

describe('somebody who floods the menu', () => {
  it('and takes no output makes it hold one screen, whatever he types', async () => {
    const staff = await world.as('nobody')
    askForSession(staff, { window: 10 })
    const channel = await confirmed(staff)
    staff.send(channelRequest(channel, 'pty-req', false, terminalRequest(80, 24)))
    staff.send(channelRequest(channel, 'shell', false))
    let open = HELD_WINDOW
    let typed = 0
    for (let round = 0; round < 50; round++) {
      if (open > 0) staff.send(channelData(channel, Buffer.alloc(open, 'ab\x7f\x7f')))
      typed += open
      await roundTrip(staff)
      open = await granted(staff)
    }
    expect(typed).toBeLessThan(2 * HELD_WINDOW)
    await said(staff)
    staff.send(message.channelWindowAdjust, uint32(channel), uint32(1_000_000))
    await expect.poll(() => granted(staff)).toBeGreaterThan(0)
    await roundTrip(staff)
    expect((await said(staff)).length).toBeLessThan(10_000)
    staff.socket.destroy()
  })
})
