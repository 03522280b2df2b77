import { describe, expect, it, vi } from 'vitest'
import { keystrokeList, replayIndex, replaySegment, type ReplayIndex, type ReplaySegment } from '#shared/api.ts'
import { ChannelReplays } from '#gateway/api/channel-replays.ts'
import { ViewNotes } from '#gateway/api/view-notes.ts'
import { asked, type Installation, sharedInstallation } from './installation.ts'
import { addOutput } from './recorded-session.ts'

describe('the replay of a channel', () => {
  const installed = sharedInstallation()

  it('is an index whose segments hold what was shown, to the last event', async () => {
    const house = installed()
    const { index, segments } = await replay(house, house.sessions.ended, 'idle=0')
    expect(index.term).toEqual({ cols: 80, rows: 24 })
    expect(index.segments[0]?.start).toBe(0)
    expect(segments.at(-1)?.events.at(-1)?.[0]).toBe(index.duration)
    const shown = segments.flatMap(({ events }) => events).filter(([, code]) => code === 'o')
    expect(shown.map(([, , data]) => data).join('')).toBe('$ ls\r\nnotes\r\n$ q')
  })

  it('is shown to nobody before the audit trail has it, and noted once for a look at all of its pieces', async () => {
    const house = installed()
    const view = { action: 'session.view', actor: 'staff:auditor', limit: 10 }
    const cookie = await house.signIn('auditor')
    const address = `/sessions/${house.sessions.ended}/channels/0`
    for (const piece of ['replay', 'replay/0', 'keystrokes'])
      await house.api.inject(asked('GET', `${address}/${piece}`, cookie))
    const [noted, ...more] = await house.stores.auditTrail.list(view)
    expect([noted?.subject, noted?.client, more]).toEqual([`session:${house.sessions.ended}`, 'acme', []])
    house.clock.pass(11 * 60_000)
    using _away = vi.spyOn(house.stores.auditTrail, 'add').mockRejectedValue(new Error('away'))
    const again = await house.api.inject(asked('GET', `${address}/replay`, cookie))
    expect([again.statusCode, again.body.includes('segments')]).toEqual([500, false])
  })

  it('shortens the pauses that are longer than asked for', async () => {
    const house = installed()
    const whole = await replay(house, house.sessions.ended, 'idle=0')
    const short = await replay(house, house.sessions.ended, 'idle=2')
    expect(whole.index.duration).toBeGreaterThan(60)
    expect(short.index.duration).toBeLessThan(12)
  })

  it('of a live channel stays one piece while the channel grows', async () => {
    const house = installed()
    const cookie = await house.signIn('admin')
    const address = `/sessions/${house.sessions.live}/channels/0/replay`
    const before = replayIndex.parse((await house.api.inject(asked('GET', `${address}?idle=0`, cookie))).json())
    await addOutput(house.stores, house.sessions.live, 'more')
    const segments = await segmentsOf(house, cookie, `${address}?idle=0`, before)
    expect(segments.at(-1)?.events.at(-1)?.[0]).toBe(before.duration)
    const after = replayIndex.parse((await house.api.inject(asked('GET', `${address}?idle=0`, cookie))).json())
    expect(after.duration).toBeGreaterThan(before.duration)
  })

  it.each([
    ['channels/2/replay', 404],
    ['channels/-1/replay', 404],
    ['channels/x/replay', 404],
    ['channels/0/replay/99', 404],
    ['channels/0/replay?idle=-1', 400],
    ['channels/0/replay?idle=3600', 200],
    ['channels/0/replay?idle=3601', 400],
    ['channels/1/replay', 200],
  ])('at %s answers %i', async (address, status) => {
    const house = installed()
    const cookie = await house.signIn('admin')
    const answer = await house.api.inject(asked('GET', `/sessions/${house.sessions.ended}/${address}`, cookie))
    expect(answer.statusCode).toBe(status)
  })

  it('is refused where the recording would not fit into memory', async () => {
    const { parts, sessions } = installed()
    const reader = { kind: 'staff', login: 'admin', name: 'Admin', roles: ['admin'] } as const
    const asked = { id: sessions.ended, channel: 1, idle: 0 }
    // Of `uptime`: 4 events of 100 bytes, their request and output of 28 bytes.
    const views = new ViewNotes(parts.stores.auditTrail, parts.clock)
    await expect(new ChannelReplays(parts, views, 428).demand(reader, asked)).resolves.toMatchObject({ through: 3 })
    await expect(new ChannelReplays(parts, views, 427).demand(reader, asked)).rejects.toMatchObject({
      code: 'conflict',
    })
  })
})

describe('the keystrokes of a channel', () => {
  const installed = sharedInstallation()

  it('have names, bytes, and their place in the session and in the replay', async () => {
    const house = installed()
    const cookie = await house.signIn('owner')
    const address = `/sessions/${house.sessions.ended}/channels/0/keystrokes?idle=2`
    const { items } = keystrokeList.parse((await house.api.inject(asked('GET', address, cookie))).json())
    expect(items.map(({ seq, name, atUs }) => [seq, name, atUs])).toEqual([
      [0, 'l', 2_000_000],
      [1, 's', 2_000_000],
      [2, 'Enter', 2_000_000],
      [3, 'q', 62_000_000],
    ])
    expect(items[2]?.bytes).toBe('DQ==')
    const [first, last] = [items[0]!.replayUs, items[3]!.replayUs]
    expect(last - first).toBeGreaterThan(1_900_000)
    expect(last - first).toBeLessThan(2_100_000)
  })
})

/** Reads a replay as the player does: the index, then the segments by the addresses it gives. */
async function replay(house: Installation, session: string, query: string) {
  const cookie = await house.signIn('admin')
  const address = `/sessions/${session}/channels/0/replay?${query}`
  const index = replayIndex.strict().parse((await house.api.inject(asked('GET', address, cookie))).json())
  return { index, segments: await segmentsOf(house, cookie, address, index) }
}

async function segmentsOf(
  house: Installation,
  cookie: string,
  address: string,
  index: ReplayIndex,
): Promise<ReplaySegment[]> {
  const segments = []
  for (const { url } of index.segments) {
    const { pathname, search } = new URL(url, `http://gate/api/v1${address}`)
    const answer = await house.api.inject({ ...asked('GET', '', cookie), url: pathname + search })
    segments.push(replaySegment.strict().parse(answer.json()))
  }
  return segments
}
