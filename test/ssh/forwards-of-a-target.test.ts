import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { message, openFailure } from '#gateway/transport/message.ts'
import { boolean, string, uint32 } from '#gateway/transport/wire.ts'
import { channelRequest, confirmed } from '#test/harness/raw-client.ts'
import {
  allow,
  ask,
  everything,
  grant,
  listening,
  origin,
  refusal,
  request,
  requested,
  roundTrip,
  tcp,
  unasked,
} from './raw-forwarding.ts'
import { rawWorld, type RawWorld } from './raw-world.ts'

let world: RawWorld
beforeAll(async () => {
  world = await rawWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

describe('a target that asks for a channel to staff', () => {
  beforeEach(() => allow(world, everything))

  it.each([
    ['forwarded-tcpip', [...tcp('localhost', 8080), ...origin]],
    ['forwarded-streamlocal@openssh.com', [string('/run/socket'), string('')]],
    ['auth-agent@openssh.com', []],
    ['x11', origin],
  ])('of type %s is refused when nobody asked for it', async (type, fields) => {
    using session = await world.session()
    ask(session.target, type, ...fields)
    expect(await refusal(session.target)).toEqual(unasked)
    await roundTrip(session.staff)
    expect(session.staff.count(message.channelOpen)).toBe(0)
  })

  it('is heard where staff let it listen, and nowhere else', async () => {
    using session = await world.session()
    const { staff, target } = session
    await listening(staff, target)
    for (const place of [tcp('localhost', 8081), tcp('127.0.0.1', 8080), tcp('', 8080)]) {
      ask(target, 'forwarded-tcpip', ...place, ...origin)
      expect(await refusal(target)).toEqual(unasked)
    }
    ask(target, 'forwarded-streamlocal@openssh.com', string('localhost'), string(''))
    expect(await refusal(target)).toEqual(unasked)
    const fields = Buffer.concat([...tcp('localhost', 8080), ...origin])
    ask(target, 'forwarded-tcpip', fields)
    expect(await grant(staff)).toMatchObject({ type: 'forwarded-tcpip', fields })
    await confirmed(target)
  })

  it('is heard no more where staff ended the listening', async () => {
    using session = await world.session()
    const { staff, target } = session
    await listening(staff, target)
    request(staff, 'cancel-tcpip-forward', ...tcp('localhost', 8080))
    expect(await requested(target)).toEqual(['cancel-tcpip-forward', Buffer.concat(tcp('localhost', 8080))])
    target.send(message.requestSuccess)
    await staff.next(message.requestSuccess)
    ask(target, 'forwarded-tcpip', ...tcp('localhost', 8080), ...origin)
    expect(await refusal(target)).toEqual(unasked)
  })

  it('is not heard where it refused to listen', async () => {
    using session = await world.session()
    const { staff, target } = session
    request(staff, 'tcpip-forward', ...tcp('localhost', 8080))
    await requested(target)
    target.send(message.requestFailure)
    await staff.next(message.requestFailure)
    ask(target, 'forwarded-tcpip', ...tcp('localhost', 8080), ...origin)
    expect(await refusal(target)).toEqual(unasked)
  })

  it('is heard at the port that it chose when staff asked for any, at once', async () => {
    using session = await world.session()
    const { staff, target } = session
    request(staff, 'tcpip-forward', ...tcp('', 0))
    await requested(target)
    target.send(message.requestSuccess, uint32(40_123))
    ask(target, 'forwarded-tcpip', ...tcp('', 40_123), ...origin)
    expect((await staff.next(message.requestSuccess)).uint32()).toBe(40_123)
    expect(await grant(staff)).toMatchObject({ type: 'forwarded-tcpip' })
  })

  it('is heard at a socket that staff let it have', async () => {
    using session = await world.session()
    const { staff, target } = session
    request(staff, 'streamlocal-forward@openssh.com', string('/run/socket'))
    expect(await requested(target)).toEqual(['streamlocal-forward@openssh.com', string('/run/socket')])
    target.send(message.requestSuccess)
    await staff.next(message.requestSuccess)
    ask(target, 'forwarded-streamlocal@openssh.com', string('/run/other'), string(''))
    expect(await refusal(target)).toEqual(unasked)
    ask(target, 'forwarded-streamlocal@openssh.com', string('/run/socket'), string(''))
    expect(await grant(staff)).toMatchObject({ type: 'forwarded-streamlocal@openssh.com' })
  })

  it('may use the agent after a channel of staff offered it', async () => {
    using session = await world.session()
    session.staff.send(channelRequest(session.staffChannel, 'auth-agent-req@openssh.com', false))
    await session.target.next(message.channelRequest)
    for (let time = 0; time < 2; time++) {
      ask(session.target, 'auth-agent@openssh.com')
      expect(await grant(session.staff)).toMatchObject({ type: 'auth-agent@openssh.com' })
    }
  })

  it('may use the display once where staff offered it for one connection', async () => {
    using session = await world.session()
    const cookie = [string('MIT-MAGIC-COOKIE-1'), string('00c0ffee'), uint32(0)]
    session.staff.send(channelRequest(session.staffChannel, 'x11-req', false, boolean(true), ...cookie))
    await session.target.next(message.channelRequest)
    ask(session.target, 'x11', ...origin)
    expect(await grant(session.staff)).toMatchObject({ type: 'x11', fields: Buffer.concat(origin) })
    ask(session.target, 'x11', ...origin)
    expect(await refusal(session.target)).toEqual(unasked)
  })

  it('hears why staff refuse', async () => {
    using session = await world.session()
    const { staff, target } = session
    await listening(staff, target)
    ask(target, 'forwarded-tcpip', ...tcp('localhost', 8080), ...origin)
    const asked = await staff.next(message.channelOpen)
    asked.string()
    const reason = [uint32(openFailure.connectFailed), string('connect failed'), string('')]
    staff.send(message.channelOpenFailure, uint32(asked.uint32()), ...reason)
    expect(await refusal(target)).toEqual([openFailure.connectFailed, 'connect failed'])
  })
})
