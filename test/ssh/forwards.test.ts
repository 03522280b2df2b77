import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message } from '#gateway/transport/message.ts'
import { boolean, string, uint32 } from '#gateway/transport/wire.ts'
import { channelData, channelRequest, confirmed } from '#test/harness/raw-client.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import {
  allow,
  ask,
  askAs,
  data,
  everything,
  grant,
  listening,
  origin,
  refusal,
  request,
  requested,
  tcp,
  unasked,
} from './raw-forwarding.ts'
import { rawWorld, type RawWorld } from './raw-world.ts'

let world: RawWorld
beforeAll(async () => {
  world = await rawWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

describe('what is forwarded', () => {
  it('is on record as a channel, with counts and hashes and without its content', async () => {
    await allow(world, everything)
    using pair = await world.pair()
    const { staff, target } = pair
    ask(staff, 'direct-tcpip', ...tcp('db1', 5432), ...origin)
    const { number } = await grant(target)
    const channel = await confirmed(staff)
    staff.send(channelData(channel, 'select '))
    staff.send(channelData(channel, 'secret'))
    expect(await data(target)).toBe('select ')
    expect(await data(target)).toBe('secret')
    target.send(channelData(number, 'forty-two'))
    expect(await data(staff)).toBe('forty-two')
    staff.send(message.channelEof, uint32(channel))
    await target.next(message.channelEof)
    target.send(message.channelClose, uint32(number))
    await staff.next(message.channelClose)
    staff.socket.destroy()

    const session = await newestEndedSession(world.gateway)
    expect(session).toMatchObject({ channels: 1, bytesIn: 13, bytesOut: 9, keystrokes: 0 })
    expect(await world.gateway.stores.sessions.channels(session.id)).toMatchObject([
      { kind: 'local-forward', command: 'db1:5432', bytesIn: 13, bytesOut: 9, closedUs: expect.any(Number) },
    ])
    const events = await recordedEvents(world.gateway, session.id)
    expect(bytesOf(events, 'input', 'output').length).toBe(0)
    const counted = events.filter(({ kind }) => kind === 'counted').map(({ data: json }) => JSON.parse(String(json)))
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
    expect(counted).toEqual([
      { stream: 'input', bytes: 7 },
      { stream: 'input', bytes: 6 },
      { stream: 'output', bytes: 9 },
      { stream: 'input', bytes: 0, sha256: sha256('select secret') },
      { stream: 'output', bytes: 0, sha256: sha256('forty-two') },
    ])
    expect(Buffer.concat(events.map((event) => event.data)).includes('secret')).toBe(false)
  })

  it('from a target is on record with the place it listened at, and with who came', async () => {
    await allow(world, everything)
    using pair = await world.pair()
    const { staff, target } = pair
    await listening(staff, target)
    ask(target, 'forwarded-tcpip', ...tcp('localhost', 8080), ...origin)
    await grant(staff)
    await confirmed(target)
    staff.socket.destroy()
    const { id } = await newestEndedSession(world.gateway)
    expect(await world.gateway.stores.sessions.channels(id)).toMatchObject([
      { kind: 'remote-listen', command: 'localhost:8080' },
      { kind: 'remote-forward', command: 'localhost:8080 from 192.0.2.9:40000' },
    ])
  })

  it('to a display is on record without the cookie, which the target gets', async () => {
    await allow(world, everything)
    using session = await world.session()
    const { staff, target, staffChannel } = session
    const fields = [boolean(false), string('MIT-MAGIC-COOKIE-1'), string('00c0ffee'), uint32(0)]
    staff.send(channelRequest(staffChannel, 'x11-req', false, ...fields))
    const asked = await target.next(message.channelRequest)
    asked.uint32()
    asked.string()
    asked.boolean()
    expect(asked.rest()).toEqual(Buffer.concat(fields))
    staff.socket.destroy()
    const { id } = await newestEndedSession(world.gateway)
    const kept = bytesOf(await recordedEvents(world.gateway, id), 'request')
    expect(kept.includes('MIT-MAGIC-COOKIE-1')).toBe(true)
    expect(kept.includes('c0ffee')).toBe(false)
  })
})

describe('a policy that becomes stricter', () => {
  it('closes what it no longer allows, on both sides, says why, and leaves the rest', async () => {
    await allow(world, 'db1:5432,db2:5432,remote')
    using session = await world.session()
    const { staff, target, staffChannel } = session
    staff.send(channelRequest(staffChannel, 'shell', false))
    await target.next(message.channelRequest)
    await listening(staff, target)
    await forwardTo('db1', 11)
    const channel = await forwardTo('db2', 12)

    await allow(world, 'db2:5432')
    expect((await target.next(message.channelClose)).uint32()).toBe(11)
    expect((await staff.next(message.channelClose)).uint32()).toBe(11)
    expect(await requested(target)).toEqual(['cancel-tcpip-forward', Buffer.concat(tcp('localhost', 8080))])
    const said = [await data(staff, message.channelExtendedData), await data(staff, message.channelExtendedData)]
    expect(said.toSorted()).toEqual([
      expect.stringMatching(/^gatebook: forwarding from localhost:8080 on the target is not allowed on web1\.acme; /),
      expect.stringMatching(/^gatebook: forwarding to db1:5432 is not allowed on web1\.acme; /),
    ])
    ask(target, 'forwarded-tcpip', ...tcp('localhost', 8080), ...origin)
    expect(await refusal(target)).toEqual(unasked)
    staff.send(channelData(channel, 'still there'))
    expect(await data(target)).toBe('still there')

    async function forwardTo(host: string, id: number): Promise<number> {
      askAs(id, staff, 'direct-tcpip', ...tcp(host, 5432), ...origin)
      await grant(target, id)
      return confirmed(staff)
    }
  })

  it('ends what the target begins to listen on only then', async () => {
    await allow(world, 'db1:5432,remote')
    using session = await world.session()
    const { staff, target } = session
    ask(staff, 'direct-tcpip', ...tcp('db1', 5432), ...origin)
    await grant(target)
    await confirmed(staff)
    request(staff, 'tcpip-forward', ...tcp('localhost', 8080))
    await requested(target)
    await allow(world, 'none')
    // The policy holds when this is closed.
    await staff.next(message.channelClose)
    target.send(message.requestSuccess)
    expect(await requested(target)).toEqual(['cancel-tcpip-forward', Buffer.concat(tcp('localhost', 8080))])
  })

  it('takes agent and display back', async () => {
    await allow(world, everything)
    using session = await world.session()
    const { staff, target, staffChannel } = session
    const fields = [boolean(false), string('MIT-MAGIC-COOKIE-1'), string('00'), uint32(0)]
    staff.send(channelRequest(staffChannel, 'auth-agent-req@openssh.com', false))
    staff.send(channelRequest(staffChannel, 'x11-req', false, ...fields))
    staff.send(channelRequest(staffChannel, 'shell', false))
    for (let asked = 0; asked < 3; asked++) await target.next(message.channelRequest)
    ask(target, 'auth-agent@openssh.com')
    await grant(staff)
    await confirmed(target)
    await allow(world, 'none')
    await target.next(message.channelClose)
    await staff.next(message.channelClose)
    for (const [type, more] of [['auth-agent@openssh.com', []] as const, ['x11', origin] as const]) {
      ask(target, type, ...more)
      expect((await refusal(target))[1]).toMatch(/is not allowed on web1\.acme/)
    }
    expect(staff.count(message.channelOpen)).toBe(0)
  })
})
