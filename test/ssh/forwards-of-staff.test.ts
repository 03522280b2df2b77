import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { message, openFailure } from '#gateway/transport/message.ts'
import { boolean, string, uint32 } from '#gateway/transport/wire.ts'
import { channelRequest, confirmed } from '#test/harness/raw-client.ts'
import { allow, ask, data, grant, origin, refusal, request, requested, roundTrip, tcp } from './raw-forwarding.ts'
import { rawWorld, type RawWorld } from './raw-world.ts'

let world: RawWorld
beforeAll(async () => {
  world = await rawWorld()
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(() => allow(world, 'none'))

describe('staff who ask for a forward', () => {
  const to = (port: number) => [...tcp('db1', port), ...origin]

  it('reach what the policy names, and nothing else', async () => {
    await allow(world, 'db1:5432')
    using pair = await world.pair()
    const { staff, target } = pair
    ask(staff, 'direct-tcpip', ...to(5433))
    expect(await refusal(staff)).toEqual([
      openFailure.prohibited,
      'gatebook: forwarding to db1:5433 is not allowed on web1.acme; an administrator allows it with: ' +
        'gatebook target set web1.acme --forward db1:5432,db1:5433',
    ])
    expect(target.count(message.channelOpen)).toBe(0)
    ask(staff, 'direct-tcpip', ...to(5432))
    expect(await grant(target)).toMatchObject({ type: 'direct-tcpip', fields: Buffer.concat(to(5432)) })
    await confirmed(staff)
  })

  it.each([
    ['direct-streamlocal@openssh.com', [string('/run/socket'), string(''), uint32(0)], 'streamlocal'],
    ['direct-tcpip', to(22), 'db1:22'],
  ])('by %s are refused without a policy, and told the way', async (type, fields, word) => {
    using pair = await world.pair()
    ask(pair.staff, type, ...fields)
    const [reason, text] = await refusal(pair.staff)
    expect(reason).toBe(openFailure.prohibited)
    expect(text).toMatch(new RegExp(`^gatebook: .*gatebook target set web1\\.acme --forward ${word}$`))
  })

  it('hear the words and the reason of the target', async () => {
    await allow(world, 'dynamic')
    using pair = await world.pair()
    ask(pair.staff, 'direct-tcpip', ...to(5432))
    const asked = await pair.target.next(message.channelOpen)
    asked.string()
    const why = [uint32(openFailure.connectFailed), string('Connection refused'), string('')]
    pair.target.send(message.channelOpenFailure, uint32(asked.uint32()), ...why)
    expect(await refusal(pair.staff)).toEqual([openFailure.connectFailed, 'Connection refused'])
  })

  it('are told once on stderr, when something runs, that a target may not listen, and the target hears nothing', async () => {
    using session = await world.session()
    const { staff, target, staffChannel } = session
    for (const port of [8080, 8081]) {
      request(staff, 'tcpip-forward', ...tcp('localhost', port))
      await staff.next(message.requestFailure)
    }
    staff.send(channelRequest(staffChannel, 'shell', false))
    expect(await data(staff, message.channelExtendedData)).toBe(
      'gatebook: forwarding from localhost:8080 on the target is not allowed on web1.acme; ' +
        'an administrator allows it with: gatebook target set web1.acme --forward remote\n',
    )
    await roundTrip(target)
    expect([target.count(message.globalRequest), staff.count(message.channelExtendedData)]).toEqual([0, 0])
  })

  it.each([
    ['auth-agent-req@openssh.com', [], 'the agent'],
    ['x11-req', [boolean(false), string('MIT-MAGIC-COOKIE-1'), string('00'), uint32(0)], 'the display'],
  ])('by %s are told why not, and the target hears nothing', async (type, fields, what) => {
    using session = await world.session()
    const { staff, target, staffChannel } = session
    staff.send(channelRequest(staffChannel, type, true, ...fields))
    await staff.next(message.channelFailure)
    staff.send(channelRequest(staffChannel, 'exec', false, string('true')))
    const asked = await target.next(message.channelRequest)
    asked.uint32()
    expect(asked.text()).toBe('exec')
    expect(await data(staff, message.channelExtendedData)).toContain(`forwarding of ${what} is not allowed`)
  })

  it('get their answers in the order of asking, whoever answers', async () => {
    await allow(world, 'remote')
    using session = await world.session()
    const { staff, target } = session
    request(staff, 'tcpip-forward', ...tcp('', 0))
    request(staff, 'keepalive@openssh.com')
    await requested(target)
    expect([staff.count(message.requestSuccess), staff.count(message.requestFailure)]).toEqual([0, 0])
    target.send(message.requestSuccess, uint32(40_123))
    await staff.next(message.requestSuccess)
    await staff.next(message.requestFailure)
  })

  it('and never wait for the answers are cut off', async () => {
    await allow(world, 'remote')
    using session = await world.session()
    request(session.staff, 'tcpip-forward', ...tcp('', 0))
    for (let time = 0; time < 256; time++) request(session.staff, 'keepalive@openssh.com')
    expect(await session.staff.closed).toBe('too many unanswered requests')
  })

  it('let a target listen in 100 places at most', async () => {
    await allow(world, 'remote')
    using session = await world.session()
    const { staff, target } = session
    for (let port = 1; port <= 100; port++) {
      request(staff, 'tcpip-forward', ...tcp('', port))
      await requested(target)
      target.send(message.requestSuccess)
      await staff.next(message.requestSuccess)
    }
    request(staff, 'tcpip-forward', ...tcp('', 101))
    await staff.next(message.requestFailure)
  })

  it('see the connection end when the target leaves what is forwarded', async () => {
    await allow(world, 'dynamic')
    using pair = await world.pair()
    ask(pair.staff, 'direct-tcpip', ...to(5432))
    await grant(pair.target)
    await confirmed(pair.staff)
    pair.target.socket.destroy()
    expect(await pair.staff.closed).toBe('gatebook: web1.acme closed the connection')
  })
})
