import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message } from '#gateway/transport/message.ts'
import { boolean, string, uint32 } from '#gateway/transport/wire.ts'
import { askForSession, channelData, channelRequest, confirmed } from '#test/harness/raw-client.ts'
import type { RawPeer } from '#test/harness/raw-peer.ts'
import { grantSession, rawWorld, type RawWorld } from './raw-world.ts'

let world: RawWorld
beforeAll(async () => {
  world = await rawWorld()
  const about = { clientSlug: 'acme', kind: 'request', note: '', estimateMinutes: undefined } as const
  for (const title of ['one', 'two', 'three', '\x1b[2J\u202eevil']) {
    await world.gateway.stores.tasks.add({ ...about, title, raisedAt: new Date() }, 'test')
  }
})
afterAll(() => world[Symbol.asyncDispose]())

/** Everything a peer sent before is dealt with when it is answered. */
async function roundTrip(peer: RawPeer): Promise<void> {
  peer.send(message.globalRequest, string('keepalive@openssh.com'), boolean(true))
  await peer.next(message.requestFailure)
}

const env = (channel: number, name: string, value: string | Buffer) =>
  channelRequest(channel, 'env', true, string(`GATEBOOK_${name}`), string(value))
const exec = (channel: number) => channelRequest(channel, 'exec', true, string('uptime'))

const newest = async () => (await world.gateway.stores.sessions.list({ limit: 1 }))[0]

/** What a refused channel says on stderr. */
async function refusal(staff: RawPeer): Promise<string> {
  const said = await staff.next(message.channelExtendedData)
  said.uint32()
  said.uint32()
  return said.text()
}

describe('what a session is for', () => {
  it('is on record before the program starts, in the last words about it, and the target hears nothing', async () => {
    using ends = await world.session()
    const { staff, target, staffChannel: channel } = ends
    for (const number of [1, 2, 3]) staff.send(env(channel, 'TASK', `acme-${number}`))
    staff.send(env(channel, 'REASON', ' the disk is full '))
    staff.send(exec(channel))
    const request = await target.next(message.channelRequest)
    expect([request.uint32(), request.text()]).toEqual([0, 'exec'])
    expect(await newest()).toMatchObject({ state: 'live', task: 'ACME-3', reason: 'the disk is full' })
  })

  it('holds back what follows the start until it is judged, and keeps its order', async () => {
    using ends = await world.session()
    const { staff, target, staffChannel: channel } = ends
    staff.socket.cork()
    staff.send(env(channel, 'TASK', 'ACME-1'))
    staff.send(exec(channel))
    staff.send(channelData(channel, 'first '))
    staff.send(channelRequest(channel, 'signal', false, string('USR1')))
    staff.send(channelData(channel, 'second'))
    staff.send(message.channelEof, uint32(channel))
    staff.socket.uncork()
    await target.next(message.channelEof)
    const requests = [await target.next(message.channelRequest), await target.next(message.channelRequest)]
    expect(requests.map((request) => [request.uint32(), request.text()][1])).toEqual(['exec', 'signal'])
    const data = [await target.next(message.channelData), await target.next(message.channelData)]
    expect(data.map((each) => [each.uint32(), each.text()][1])).toEqual(['first ', 'second'])
  })

  it.each([
    ['TASK', 'ACME-99', 'there is no task ACME-99\n'],
    ['TASK', 'ZETA-1', 'ZETA-1 is no task of acme\n'],
    ['TASK', '\x1b[2Jx', '"\\u001b[2Jx" is no number of a task, such as ACME-17\n'],
    ['TASK', '\u009b\u202e', '"\\x9b\\u202e" is no number of a task, such as ACME-17\n'],
    ['TASK', 'x'.repeat(200_000), `"${'x'.repeat(60)}" is no number of a task, such as ACME-17\n`],
    ['REASON', 'a\x1b]0;title\x07', 'GATEBOOK_REASON takes one line of 500 characters at most, without control'],
    ['REASON', 'line\nline', 'GATEBOOK_REASON takes one line'],
    ['REASON', 'x'.repeat(200_000), 'GATEBOOK_REASON takes one line'],
  ])('of GATEBOOK_%s %j is refused in words a terminal can show, and nothing reaches the target', async (...words) => {
    const [name, value, why] = words
    using ends = await world.session()
    const { staff, target, staffChannel: channel } = ends
    staff.send(env(channel, name, value))
    staff.send(exec(channel))
    staff.send(channelData(channel, 'rm -rf /'))
    const said = await refusal(staff)
    expect(said).toContain(`gatebook: ${why}`)
    expect(said).toMatch(/^(gatebook: [^\p{Cc}\u202e]+\n)+$/u)
    expect(said.length).toBeLessThan(600)
    await staff.next(message.channelClose)
    await roundTrip(target)
    expect([target.count(message.channelRequest), target.count(message.channelData)]).toEqual([0, 0])
    expect(await newest()).toMatchObject({ task: undefined, reason: undefined })
  })

  it('may not be what is closed, and the refusal names what is open', async () => {
    const { tasks } = world.gateway.stores
    await tasks.move({ clientSlug: 'acme', sequence: 2 }, 'close', 'test')
    using ends = await world.session()
    ends.staff.send(env(ends.staffChannel, 'TASK', 'ACME-2'))
    ends.staff.send(exec(ends.staffChannel))
    expect(await refusal(ends.staff)).toBe(
      'gatebook: task ACME-2 is closed\n' +
        'gatebook: open tasks of acme: ACME-4 (\\x1b[2J\\u202eevil), ACME-3 (three), ACME-1 (one)\n',
    )
    await tasks.move({ clientSlug: 'acme', sequence: 2 }, 'reopen', 'test')
  })

  it('is what the first channel says, for all channels of the connection', async () => {
    using pair = await world.pair()
    const { staff, target } = pair
    const open = async (id: number) => {
      askForSession(staff, { id })
      await grantSession(target, { id })
      return confirmed(staff)
    }
    const heard = async () => {
      const request = await target.next(message.channelRequest)
      request.uint32()
      return request.text()
    }
    const [first, silent, same, other, reason] = [
      await open(0),
      await open(1),
      await open(2),
      await open(3),
      await open(4),
    ]
    staff.send(env(first, 'TASK', 'ACME-1'))
    staff.send(exec(first))
    expect(await heard()).toBe('exec')
    staff.send(exec(silent))
    expect(await heard()).toBe('exec')
    staff.send(env(same, 'TASK', 'ACME-1'))
    staff.send(exec(same))
    expect(await heard()).toBe('exec')
    staff.send(env(other, 'TASK', 'ACME-3'))
    staff.send(exec(other))
    expect(await refusal(staff)).toBe(
      'gatebook: this connection is for ACME-1; for ACME-3 make a connection of its own: ssh -o ControlPath=none\n',
    )
    staff.send(env(reason, 'REASON', 'and this'))
    staff.send(exec(reason))
    expect(await heard()).toBe('exec')
    expect(await newest()).toMatchObject({ task: 'ACME-1', reason: 'and this', channels: expect.any(Number) })
    await roundTrip(target)
    expect(target.count(message.channelRequest)).toBe(0)
  })

  it('is asked of the database once, however often it is named', async () => {
    const { tasks } = world.gateway.stores
    const asked = tasks.byName.bind(tasks)
    let count = 0
    tasks.byName = (name) => (count++, asked(name))
    using ends = await world.session()
    const { staff, target, staffChannel: channel } = ends
    for (let i = 0; i < 900; i++)
      staff.send(channelRequest(channel, 'env', false, string('GATEBOOK_TASK'), string(`ACME-${i}`)))
    staff.send(env(channel, 'TASK', 'ACME-1'))
    staff.send(exec(channel))
    await target.next(message.channelRequest)
    tasks.byName = asked
    expect(count).toBe(1)
  })
})
