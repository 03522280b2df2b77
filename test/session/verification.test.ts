import { randomUUID } from 'node:crypto'
import { deflateRawSync, inflateRawSync, crc32 } from 'node:zlib'
import { type SQL, sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { RecordedEvent } from '#gateway/recording/event.ts'
import { encodeEvents } from '#gateway/recording/frame.ts'
import type { EvidenceStore } from '#gateway/session/session-evidence.ts'
import { verdictOnRecord } from '#gateway/session/verify-recorded-session.ts'
import { addOutput } from '#test/api/recorded-session.ts'
import { recordLongSession } from './long-session.ts'
import { sealedWorld, type SealedWorld } from './sealed-world.ts'

type Attack = (world: SealedWorld) => Promise<unknown>

/** As the attack would change it: the events of channel 0, and everything unsigned made to fit. */
const rewritten =
  (change: (events: RecordedEvent[]) => RecordedEvent[]): Attack =>
  async (world) =>
    world.replaceEvents(change(await world.eventsOf(world.id)))

const later = (event: RecordedEvent): RecordedEvent => ({ ...event, atUs: event.atUs + 1 })

describe('a session as it was recorded', () => {
  it('is intact, and says up to where it is signed', async () => {
    const world = await sealedWorld()
    expect(await world.verified()).toMatch(
      /^intact: sealed, verified to 0:02:00\.000000 \(2 channels, 13 events, signed 20.*Z\)$/,
    )
  })

  it('is intact while it goes on, up to its checkpoint', async () => {
    const world = await sealedWorld()
    const live = await world.record('2026-11-23T14:00:00Z')
    expect(await world.verified(live)).toMatch(/^intact: still open, verified to 0:00:00/)
  })

  it('is intact while it grows under the eyes of whoever verifies it', async () => {
    const world = await sealedWorld()
    const live = await world.record('2026-11-23T14:00:00Z')
    const { stores } = world
    const grow = async () => addOutput(stores, live, 'more\r\n')
    const evidence: EvidenceStore = {
      evidence: (id) => stores.evidence.evidence(id),
      strangers: () => stores.evidence.strangers(),
      // Rows with salts of their own before the salts are read, and others before the frames are.
      async salts(id, channel) {
        await grow()
        return stores.evidence.salts(id, channel)
      },
      async *frames(id, channel) {
        await grow()
        yield* stores.evidence.frames(id, channel)
      },
    }
    const verdict = await verdictOnRecord({ ...stores, evidence }, live)
    expect(verdict).toMatchObject({ verdict: 'intact', closing: undefined })
  })
})

const ofSession = (world: SealedWorld) => sql`session_id = ${world.id}`

/** What belongs to one session is called the other's, and the other way round. */
function exchanged({ id, neighbour }: SealedWorld, table: string, more: SQL = sql``): SQL[] {
  const between = randomUUID()
  const steps = [
    [id, between],
    [neighbour, id],
    [between, neighbour],
  ] as const
  return steps.map(
    ([from, to]) => sql`update ${sql.identifier(table)} set session_id = ${to} where session_id = ${from} ${more}`,
  )
}

describe('a session of which a password was erased', () => {
  it('is intact where somebody signed for it, with its time and length, and says so', async () => {
    const world = await sealedWorld()
    await world.erasePassword({ isSigned: true })
    expect(await world.verified()).toMatch(/^intact: .*13 events, 1 event erased with a signed reason/)
    const event = (await world.eventsOf(world.id)).find(({ seq }) => seq === 4)
    expect(event).toMatchObject({ kind: 'input', atUs: 2_000_000, data: Buffer.from('***') })
    await world.alter(sql`update event_salt set salts = salts || salts where ${ofSession(world)} and channel = 0`)
    expect(await world.verified()).toMatch(/^altered: event 0: there are salts of events that are not there/)
    await world.alter(sql`update frame set data = set_byte(data, 0, 0) where ${ofSession(world)}`)
    expect(await world.verified()).toMatch(/^altered/)
  })
})

describe('in the database', () => {
  it.each<readonly [string, Attack, RegExp]>([
    [
      'a flipped byte of what is stored',
      ({ alter, id }) =>
        alter(sql`update frame set data = set_byte(data, 20, get_byte(data, 20) # 1) where session_id = ${id}`),
      /^altered: channel 0, event 0, at 0:00:00.000000: (what is stored cannot be read|bytes of)/,
    ],
    [
      'a letter changed in the output, with its frame made to fit',
      async (world) => {
        const { rows } = await world.database.read((queries) =>
          queries.execute<{ data: Buffer }>(sql`select data from frame where ${ofSession(world)} and channel = 0`),
        )
        const raw = inflateRawSync(rows[0]!.data).toString('latin1').replace('notes', 'votes')
        const data = deflateRawSync(Buffer.from(raw, 'latin1'))
        await world.alter(
          sql`update frame set data = ${data}, crc32 = ${crc32(data)} where ${ofSession(world)} and channel = 0`,
        )
      },
      /^altered: channel 0, event 5, at 0:00:02.005000: it is not what was sealed/,
    ],
    [
      'a letter changed, and the chain computed anew by somebody without the key',
      rewritten((events) =>
        events.map((event) => (event.seq === 5 ? { ...event, data: Buffer.from('votes') } : event)),
      ),
      /^altered: .*what it holds is not what was signed/,
    ],
    [
      'a time shifted',
      async (world) => {
        const events = (await world.eventsOf(world.id)).map((event) => later(event))
        const data = deflateRawSync(encodeEvents(events))
        await world.alter(
          sql`update frame set data = ${data}, crc32 = ${crc32(data)}, from_us = from_us + 1, to_us = to_us + 1
            where ${ofSession(world)} and channel = 0`,
        )
      },
      /^altered: channel 0, event 0, at 0:00:00.000001: it is not what was sealed/,
    ],
    [
      'a time shifted, and the chain computed anew',
      rewritten((events) => events.map((event) => (event.seq > 3 ? later(event) : event))),
      /^altered: .*not what was signed/,
    ],
    [
      'an event taken out of the middle, and the chain computed anew',
      rewritten((events) => events.toSpliced(4, 1)),
      /^altered: /,
    ],
    [
      'two events swapped',
      rewritten((events) => [...events.slice(0, 3), events[4]!, events[3]!, ...events.slice(5)]),
      /^altered: /,
    ],
    [
      'an event put in',
      rewritten((events) => events.toSpliced(4, 0, { ...events[3]!, data: Buffer.from('rm -rf /') })),
      /^altered: /,
    ],
    ['the end cut off', rewritten((events) => events.slice(0, 6)), /^altered: .*events are missing/],
    [
      'a frame removed',
      (world) => world.alter(sql`delete from frame where ${ofSession(world)} and channel = 0`),
      /^altered: .*(salts of events that are not there|events are missing)/,
    ],
    [
      'a channel removed, with all of its rows',
      (world) =>
        world.alter(
          ...['frame', 'event_salt', 'keystroke_run', 'channel'].map(
            (table) => sql`delete from ${sql.identifier(table)} where ${ofSession(world)} and channel = 1`,
          ),
        ),
      /^altered: a channel is missing/,
    ],
    [
      'its frames and salts exchanged with those of another session',
      (world) => world.alter(...['frame', 'event_salt'].flatMap((table) => exchanged(world, table))),
      /^altered: channel 0, event 0, .*it is not what was sealed/,
    ],
    [
      'its openings exchanged in the log with that of another session',
      (world) => world.alter(...exchanged(world, 'session_log', sql`and kind = 'opening'`)),
      /^altered: (its opening in the log is that of another session|there is no opening statement)/,
    ],
    [
      'its person changed',
      (world) => world.alter(sql`update session set staff_id = ${world.other.id} where id = ${world.id}`),
      /^altered: its staff is not what was signed/,
    ],
    [
      'its person renamed',
      (world) => world.alter(sql`update staff set login = 'boris' where login = 'ivan'`),
      /^altered: its staff is not what was signed/,
    ],
    [
      'its start shifted by a second',
      (world) =>
        world.alter(sql`update session set started_at = started_at + interval '1 second' where id = ${world.id}`),
      /^altered: its start is not what was signed/,
    ],
    [
      'its length changed, which is billed',
      (world) => world.alter(sql`update session set length_us = length_us + 60000000 where id = ${world.id}`),
      /^altered: its end is not what was signed/,
    ],
    [
      'a keystroke changed, which is billed',
      (world) =>
        world.alter(sql`update keystroke_run set from_us = from_us - 1000000 where ${ofSession(world)} and seq = 0`),
      /^altered: channel 0, at 0:00:02.000000: keystroke 0 is not what was typed/,
    ],
    [
      'a keystroke removed',
      (world) => world.alter(sql`delete from keystroke_run where ${ofSession(world)}`),
      /^altered: .*keystroke 0 is not what was typed/,
    ],
    [
      'bytes counted otherwise',
      (world) =>
        world.alter(sql`update channel set bytes_out = bytes_out + 1 where ${ofSession(world)} and channel = 1`),
      /^altered: channel 1: what its row says is not what its events say/,
    ],
    [
      'the closing removed from the log',
      (world) => world.alter(sql`delete from session_log where ${ofSession(world)} and kind = 'closing'`),
      /^altered: nobody signed its end/,
    ],
    [
      'the closing removed, and the session called live again with its end cut off',
      async (world) => {
        await rewritten((events) => events.slice(0, 6))(world)
        await world.alter(
          sql`delete from session_log where ${ofSession(world)} and kind = 'closing'`,
          sql`update session set state = 'live', ended_at = null where id = ${world.id}`,
        )
      },
      // Nothing in the database itself says more: the log of sessions does (its tree).
      /^intact: still open, verified to 0:00:00/,
    ],
    [
      'the session removed',
      (world) =>
        world.alter(
          ...['frame', 'event_salt', 'keystroke_run', 'channel'].map(
            (table) => sql`delete from ${sql.identifier(table)} where ${ofSession(world)}`,
          ),
          sql`delete from session where id = ${world.id}`,
        ),
      /^altered: it is not in the database any more/,
    ],
    [
      'a password taken out by somebody who did not sign for it',
      (world) => world.erasePassword({ isSigned: false }),
      /^altered: channel 0, event 4, .*its bytes were taken away, and nobody has signed for it/,
    ],
  ])('%s is seen', async (_, attack, verdict) => {
    const world = await sealedWorld()
    await attack(world)
    expect(await world.verified()).toMatch(verdict)
  })
})

describe('a session of several channels', () => {
  it('has the exit of the one that closed last, and that of another one is seen', async () => {
    const world = await sealedWorld()
    const startedAt = new Date('2026-11-23T16:00:00Z')
    const id = await recordLongSession(world.stores, { ...world.access, startedAt })
    expect(await world.stores.sessions.show(id)).toMatchObject({ exitStatus: 2 })
    expect(await world.verified(id)).toMatch(/^intact/)
    // As channel 0 ended.
    await world.alter(sql`update session set exit_status = 0 where id = ${id}`)
    expect(await world.verified(id)).toBe('altered: its exit is not what was signed')
  })
})
