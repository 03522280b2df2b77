import { afterAll, beforeAll, expect, it } from 'vitest'
import { message } from '#gateway/transport/message.ts'
import { boolean, string, uint32, wireMessage } from '#gateway/transport/wire.ts'
import { askForSession, channelData, channelRequest, confirmed } from '#test/harness/raw-client.ts'
import type { RawPeer } from '#test/harness/raw-peer.ts'
import { rawWorld, type RawWorld } from './raw-world.ts'

let world: RawWorld
beforeAll(async () => {
  world = await rawWorld()
  await world.gateway.stores.clients.set('acme', { policy: { reasonRequired: true } }, 'test')
})
afterAll(() => world[Symbol.asyncDispose]())

const TERMINAL = wireMessage(string('xterm'), ...[80, 24, 0, 0].map(uint32), string(Buffer.of(0)))

it.each([
  ['closes it', (staff: RawPeer, channel: number) => staff.send(message.channelClose, uint32(channel))],
  ['presses Ctrl+C', (staff: RawPeer, channel: number) => staff.send(channelData(channel, '\x03'))],
])('starts nothing on a channel of a shared connection when somebody %s before the target has it', async (_, leave) => {
  using pair = await world.pair()
  const { staff, target } = pair
  askForSession(staff)
  const channel = await confirmed(staff)
  staff.send(channelRequest(channel, 'env', false, string('GATEBOOK_REASON'), string('why not')))
  staff.send(channelRequest(channel, 'pty-req', false, TERMINAL))
  staff.send(channelRequest(channel, 'shell', false))
  const asked = await target.next(message.channelOpen)
  asked.string()
  const number = asked.uint32()
  leave(staff, channel)
  await staff.next(message.channelClose)
  target.send(message.channelOpenConfirmation, uint32(number), uint32(0), uint32(1000), uint32(1000))
  await target.next(message.channelClose)
  expect(target.count(message.channelRequest)).toBe(0)
  target.send(message.channelClose, uint32(number))
  // The connection is good for another one.
  askForSession(staff, { id: 1 })
  expect((await target.next(message.channelOpen)).text()).toBe('session')
  staff.send(message.globalRequest, string('keepalive@openssh.com'), boolean(true))
  await staff.next(message.requestFailure)
})
