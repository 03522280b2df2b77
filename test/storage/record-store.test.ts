import { randomBytes, randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemClock } from '#gateway/clock.ts'
import type { RecordedEvent } from '#gateway/recording/event.ts'
import type { KeystrokeRun } from '#gateway/recording/record-store.ts'
import { interruptSession } from '#gateway/session/interrupt-session.ts'
import type { Database } from '#gateway/storage/database.ts'
import { ensurePartitions } from '#gateway/storage/partitions.ts'
import { PostgresRecordStore } from '#gateway/storage/record-store.ts'
import { PostgresSessionLog } from '#gateway/storage/session-log-store.ts'
import { PostgresSessionStore } from '#gateway/storage/session-store.ts'
import { testDatabase } from '#test/harness/database.ts'
import { someSigningKey } from '#test/harness/signing.ts'
import { sampleAccess, sampleSession } from './sample-access.ts'
import { batch, change, closing, frameOf } from './sample-batch.ts'

function output(seq: number): RecordedEvent {
  return { seq, atUs: seq * 1000, kind: 'output', data: Buffer.from(`line ${seq}\n`) }
}

async function eventsOf(store: PostgresRecordStore, sessionId: string, fromUs?: number): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for await (const event of store.events(sessionId, 0, fromUs)) events.push(event)
  return events
}

async function openSession(database: Database, startedAt?: Date) {
  return await sampleSession(database, await sampleAccess(database), startedAt && { startedAt })
}

describe('a batch', () => {
  it('may have more rows than one statement takes', async () => {
    await using test = await testDatabase()
    const { id } = await openSession(test.database)
    const records = new PostgresRecordStore(test.database)
    const one = { sessionId: id, channel: 0, fromUs: 0, deltasUs: [0], lengths: [1], bytes: Buffer.from('k') }
    const runs = Array.from({ length: 10_000 }, (_, seq): KeystrokeRun => ({ ...one, seq }))
    await records.append(batch({ runs, channels: [change(id, { keystrokes: runs.length })] }))
    expect(await records.keystrokes(id, 0)).toHaveLength(10_000)
  })

  it('is stored once however often it is repeated', async () => {
    await using test = await testDatabase()
    const { id } = await openSession(test.database)
    const records = new PostgresRecordStore(test.database)
    const run: KeystrokeRun = {
      sessionId: id,
      channel: 0,
      seq: 0,
      fromUs: 0,
      deltasUs: [0, 5],
      lengths: [1, 1],
      bytes: Buffer.from('ls'),
    }
    const first = batch({
      frames: [frameOf(id, [output(0), output(1)])],
      runs: [run],
      channels: [
        change(id, {
          archivedSeq: 1,
          lastUs: 1000,
          kind: 'shell',
          keystrokes: 2,
          bytesIn: 2,
          bytesOut: 14,
          bytesErr: 3,
        }),
      ],
    })
    await records.append(first)
    await records.append(first)
    const second = batch({
      frames: [frameOf(id, [output(2)])],
      channels: [change(id, { archivedSeq: 2, lastUs: 2000, closedUs: 2000, exitStatus: 7, bytesOut: 7 })],
      closings: [closing(id, { endedAt: new Date('2026-11-23T12:00:01.000Z'), lengthUs: 2500 })],
    })
    await records.append(second)
    await records.append(first)
    await records.append(second)

    expect(await eventsOf(records, id)).toEqual([output(0), output(1), output(2)])
    expect((await records.keystrokes(id, 0)).map(({ bytes }) => bytes.toString())).toEqual(['l', 's'])
    expect(await records.progress(id, 0)).toEqual({ archivedSeq: 2, keystrokes: 2, head: Buffer.alloc(32) })
    const sessions = new PostgresSessionStore(test.database)
    expect(await sessions.show(id)).toMatchObject({
      state: 'ended',
      endReason: 'logout',
      endedAt: new Date('2026-11-23T12:00:01.000Z'),
      lengthUs: 2500,
      channels: 1,
      keystrokes: 2,
      bytesIn: 2,
      bytesOut: 24,
      exitStatus: 7,
      exitSignal: undefined,
    })
    expect(await sessions.channels(id)).toEqual([
      {
        channel: 0,
        kind: 'shell',
        command: undefined,
        terminal: undefined,
        openedUs: 0,
        closedUs: 2000,
        exitStatus: 7,
        exitSignal: undefined,
        keystrokes: 2,
        bytesIn: 2,
        bytesOut: 21,
        bytesErr: 3,
      },
    ])
  })

  it('is stored whole or not at all', async () => {
    await using test = await testDatabase()
    const { id } = await openSession(test.database)
    const records = new PostgresRecordStore(test.database)
    const frame = frameOf(id, [output(0)])
    await expect(records.append(batch({ frames: [frame, frame], channels: [change(id)] }))).rejects.toThrow()
    expect(await records.progress(id, 0)).toBeUndefined()
    expect((await new PostgresSessionStore(test.database).show(id))?.channels).toBe(0)
  })

  it('is refused with rows of a channel that it does not move on, or of a session never opened', async () => {
    await using test = await testDatabase()
    const { id } = await openSession(test.database)
    const records = new PostgresRecordStore(test.database)
    const lost = batch({ frames: [frameOf(id, [output(0)])] })
    await expect(records.append(lost)).rejects.toMatchObject({ code: 'record-failed' })
    const unknown = batch({ channels: [change(randomUUID())] })
    await expect(records.append(unknown)).rejects.toMatchObject({ code: 'record-failed' })
  })

  it('survives what a hostile target or client puts into names', async () => {
    await using test = await testDatabase()
    const { id } = await openSession(test.database)
    const records = new PostgresRecordStore(test.database)
    const terminal = { type: 'x\0term', columns: 4_294_967_295, rows: 0 }
    const hostile = { exitSignal: 'KI\0LL', exitStatus: 4_294_967_295, command: Buffer.from([0, 255]), terminal }
    const ending = closing(id, { reason: 'a\0b' })
    await records.append(batch({ channels: [change(id, hostile)], closings: [ending] }))
    const sessions = new PostgresSessionStore(test.database)
    expect(await sessions.show(id)).toMatchObject({
      exitSignal: 'KI\uFFFDLL',
      exitStatus: 4_294_967_295,
      endReason: 'a\uFFFDb',
    })
    expect((await sessions.channels(id))[0]).toMatchObject({
      command: '\0\uFFFD',
      terminal: { ...terminal, type: 'x\uFFFDterm' },
    })
  })

  it('adds up several channels of several sessions', async () => {
    await using test = await testDatabase()
    const access = await sampleAccess(test.database)
    const [one, other] = [await sampleSession(test.database, access), await sampleSession(test.database, access)]
    const channels = [
      change(one.id, { channel: 0, keystrokes: 1, bytesOut: 10, exitStatus: 1, lastUs: 9000 }),
      change(one.id, { channel: 3, keystrokes: 2, bytesErr: 5, exitSignal: 'KILL', lastUs: 8000 }),
      change(other.id, { bytesIn: 4 }),
    ]
    const records = new PostgresRecordStore(test.database)
    await records.append(batch({ channels }))
    await records.append(batch({ channels }))
    const sessions = new PostgresSessionStore(test.database)
    expect(await sessions.show(one.id)).toMatchObject({
      channels: 4,
      keystrokes: 3,
      bytesOut: 15,
      lengthUs: 9000,
      exitStatus: 1,
      exitSignal: 'KILL',
    })
    expect(await sessions.show(other.id)).toMatchObject({ channels: 1, keystrokes: 0, bytesIn: 4 })
  })
})

describe('the record', () => {
  it('of an interrupted session ends at its last event, and a late closing does not change that', async () => {
    await using test = await testDatabase()
    const { id } = await openSession(test.database)
    const records = new PostgresRecordStore(test.database)
    const sessions = new PostgresSessionStore(test.database)
    await records.append(batch({ channels: [change(id, { lastUs: 61_500_000 })] }))
    expect(await sessions.leftLive('gateway-1')).toEqual([id])
    const sessionLog = new PostgresSessionLog(test.database)
    const parts = { sessions, records, sessionLog, signingKey: someSigningKey(), clock: systemClock }
    await interruptSession(parts, id, 'the gateway was killed')
    await records.append(batch({ closings: [closing(id, { lengthUs: 99_000_000 })] }))
    await interruptSession(parts, id, 'again')
    expect((await sessionLog.statements(id)).log).toHaveLength(2)
    expect(await sessions.show(id)).toMatchObject({
      state: 'interrupted',
      endReason: 'the gateway was killed',
      lengthUs: 61_500_000,
      endedAt: new Date('2026-11-23T12:01:01.500Z'),
    })
    expect(await sessions.leftLive('gateway-1')).toEqual([])
  })

  it('is read from the frame that holds a time, over many frames', async () => {
    await using test = await testDatabase()
    const { id } = await openSession(test.database)
    const records = new PostgresRecordStore(test.database)
    const events = Array.from({ length: 100 }, (_, seq) => output(seq))
    const frames = Array.from({ length: 50 }, (_, index) => frameOf(id, events.slice(index * 2, index * 2 + 2)))
    await records.append(batch({ frames, channels: [change(id, { archivedSeq: 99 })] }))
    expect(await eventsOf(records, id)).toEqual(events)
    expect(await eventsOf(records, id, 41_000)).toEqual(events.slice(40))
    expect(await eventsOf(records, id, 42_000)).toEqual(events.slice(42))
    expect(await eventsOf(records, randomUUID())).toEqual([])
  })
})

describe('the view keystroke', () => {
  it('gives one row for each key, equal to what was stored', async () => {
    await using test = await testDatabase()
    const access = await sampleAccess(test.database)
    const records = new PostgresRecordStore(test.database)
    const key = fc.record({ deltaUs: fc.integer({ min: 0, max: 40_000_000 }), length: fc.integer({ min: 1, max: 9 }) })
    const anyRuns = fc.array(fc.array(key, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(anyRuns, async (lists) => {
        const { id } = await sampleSession(test.database, access)
        const runs: KeystrokeRun[] = []
        const expected: { seq: number; atUs: number; bytes: Buffer }[] = []
        let atUs = 0
        for (const keys of lists) {
          const seq = expected.length
          const deltasUs = keys.map(({ deltaUs }, index) => (index === 0 ? 0 : deltaUs))
          const lengths = keys.map(({ length }) => length)
          atUs += 1000
          const fromUs = atUs
          for (const [index, length] of lengths.entries()) {
            atUs += deltasUs[index] ?? 0
            expected.push({ seq: expected.length, atUs, bytes: randomBytes(length) })
          }
          const bytes = Buffer.concat(expected.slice(seq).map((one) => one.bytes))
          runs.push({ sessionId: id, channel: 0, seq, fromUs, deltasUs, lengths, bytes })
        }
        await records.append(batch({ runs, channels: [change(id, { keystrokes: expected.length })] }))
        const { rows } = await test.database.read((queries) =>
          queries.execute<{ seq: string; t_us: string; bytes: Buffer }>(
            sql`select * from keystroke where session_id = ${id}`,
          ),
        )
        const unpacked = rows.map((row) => ({ seq: Number(row.seq), atUs: Number(row.t_us), bytes: row.bytes }))
        expect(unpacked).toEqual(expected)
        expect(await records.keystrokes(id, 0)).toEqual(expected)
      }),
      { numRuns: 25 },
    )
  })

  it('reads one partition by its index', async () => {
    await using test = await testDatabase()
    await ensurePartitions(test.database, new Date('2026-10-15T00:00:00Z'))
    const { id } = await openSession(test.database, new Date('2026-11-23T12:00:00Z'))
    const records = new PostgresRecordStore(test.database)
    const run = { sessionId: id, channel: 0, seq: 0, fromUs: 0, deltasUs: [0], lengths: [1], bytes: Buffer.from('x') }
    await records.append(batch({ runs: [run], channels: [change(id)] }))
    const { rows } = await test.database.change(async (tx) => {
      // The tables are too small for the planner to care otherwise.
      await tx.execute(sql`set local enable_seqscan = off`)
      return await tx.execute<{ 'QUERY PLAN': string }>(
        sql`explain (analyze, costs off, timing off, summary off) select * from keystroke where session_id = ${id}`,
      )
    })
    const plan = rows.map((row) => row['QUERY PLAN'])
    const scans = plan.filter((line) => /Scan.* on keystroke_run/.test(line))
    expect(scans.some((line) => /Index Scan.* on keystroke_run_2026_11 /.test(line))).toBe(true)
    expect(scans.filter((line) => !line.includes('never executed'))).toHaveLength(1)
  })
})
