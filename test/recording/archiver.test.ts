import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '#gateway/clock.ts'
import { Archiver } from '#gateway/recording/archiver.ts'
import type { RecordedEvent } from '#gateway/recording/event.ts'
import { createVault } from '#gateway/vault/seal.ts'
import { Journal } from '#gateway/recording/journal.ts'
import { SessionRecorder, type ChannelRecorder } from '#gateway/recording/recorder.ts'
import { SessionSeals } from '#gateway/recording/seal/session-seals.ts'
import type { SigningKey } from '#gateway/recording/seal/signing-key.ts'
import { verdictOnRecord } from '#gateway/session/verify-recorded-session.ts'
import { storesOn } from '#gateway/start/open-database.ts'
import { PostgresRecordStore } from '#gateway/storage/record-store.ts'
import { PostgresSessionLog } from '#gateway/storage/session-log-store.ts'
import { PostgresSessionStore } from '#gateway/storage/session-store.ts'
import { shellRequest } from './recorded.ts'
import { UnreliableStore } from './unreliable-store.ts'
import { testDatabase, type TestDatabase } from '#test/harness/database.ts'
import { loggedSigningKey } from '#test/harness/signing.ts'
import { sampleAccess, sampleSession } from '#test/storage/sample-access.ts'

const MAX_BYTES = 400_000

let test: TestDatabase
let directory: string
let sessionId: string
let records: PostgresRecordStore
let store: UnreliableStore
let key: SigningKey
/** As a process of the gateway has them. */
let seals: () => SessionSeals
const heard: string[] = []

beforeEach(async () => {
  test = await testDatabase()
  directory = await mkdtemp(join(tmpdir(), 'gatebook-archiver-'))
  const log = new PostgresSessionLog(test.database)
  key = await loggedSigningKey(log)
  seals = () => new SessionSeals(key, log, systemClock)
  sessionId = (await sampleSession(test.database, await sampleAccess(test.database), {}, key)).id
  records = new PostgresRecordStore(test.database)
  store = new UnreliableStore(records)
  heard.length = 0
})
afterEach(async () => {
  await test[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

/** A journal and what carries it into PostgreSQL, as one process of the gateway has them. */
function begin(from = directory): {
  journal: Journal
  archiver: Archiver
  end: (patienceMs?: number) => Promise<void>
} {
  const options = { directory: from, durability: 'process', maxBytes: MAX_BYTES } as const
  const journal = new Journal({
    vault: createVault(Buffer.alloc(32)),
    ...options,
    onFailure: ({ message }) => heard.push(message),
  })
  const archiver = new Archiver({
    journal,
    journalMaxBytes: MAX_BYTES,
    store,
    seals: seals(),
    onTrouble: ({ message }) => heard.push(message),
    onRecovered: () => heard.push('recovered'),
    onFailure: ({ message }) => heard.push(message),
  })
  return {
    journal,
    archiver,
    async end(patienceMs = 30_000) {
      await archiver.stop(patienceMs)
      journal.close()
    },
  }
}

function say(channel: ChannelRecorder, text: string): Promise<void> {
  return new Promise((resolve) => channel.bytes('output', Buffer.from(text), resolve))
}

/** Lines of output, each in a turn of its own, so that segments change between them. */
async function sayLines(channel: ChannelRecorder, count: number, from = 0): Promise<void> {
  for (let line = from; line < from + count; line++) await say(channel, `line ${line} ${'.'.repeat(4000)}\n`)
}

async function stored(channel = 0): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for await (const event of records.events(sessionId, channel)) events.push(event)
  return events
}

/** Everything is there once: numbers without gaps, counters that fit, and a chain that holds. */
async function expectLines(count: number): Promise<void> {
  const events = await stored()
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index))
  const lines = events
    .filter(({ kind }) => kind === 'output')
    .map(({ data }) => /^line (\d+)/.exec(data.toString())?.[1])
  expect(lines).toEqual(Array.from({ length: count }, (_, line) => String(line)))
  const [channel] = await new PostgresSessionStore(test.database).channels(sessionId)
  expect(channel?.bytesOut).toBe(events.reduce((sum, { kind, data }) => sum + (kind === 'output' ? data.length : 0), 0))
  await expectIntact()
}

async function expectIntact(): Promise<void> {
  expect(await verdictOnRecord(storesOn(test.database), sessionId)).toMatchObject({ verdict: 'intact' })
}

function recorder(journal: Journal): SessionRecorder {
  return new SessionRecorder(journal, systemClock, sessionId)
}

describe('what is on the journal', () => {
  it('is in PostgreSQL when the archiver has caught up, with the end of its session', async () => {
    const { journal, archiver, end } = begin()
    const session = recorder(journal)
    const channel = session.channel()
    await sayLines(channel, 10)
    channel.close(() => {})
    session.close('logout')
    await new Promise<void>((resolve) => journal.after(resolve))
    await archiver.caughtUp()
    await expectLines(10)
    expect(archiver.lagBytes).toBe(0)
    const summary = await new PostgresSessionStore(test.database).show(sessionId)
    expect(summary).toMatchObject({ state: 'ended', endReason: 'logout', channels: 1 })
    await end()
    expect(heard).toEqual([])
  })

  it('gets there by itself, also what is written while a batch is stored', async () => {
    const { journal, end } = begin()
    const channel = recorder(journal).channel()
    let isFirst = true
    store.before = async () => {
      if (isFirst) {
        isFirst = false
        await sayLines(channel, 5, 5)
      }
    }
    await sayLines(channel, 5)
    await expect.poll(async () => (await stored()).length, { timeout: 10_000 }).toBe(11)
    await expectLines(10)
    await end()
  })

  it('is not called caught up before it is stored', async () => {
    const { journal, archiver, end } = begin()
    const order: string[] = []
    store.after = () => void order.push('stored')
    await sayLines(recorder(journal).channel(), 3)
    await archiver.caughtUp().then(() => order.push('caught up'))
    expect(order.at(-1)).toBe('caught up')
    expect(order.length).toBeGreaterThan(1)
    await expectLines(3)
    await end()
  })
})

describe('while PostgreSQL fails', () => {
  it('a batch is tried until it is stored, and trouble is told once', async () => {
    const { journal, archiver, end } = begin()
    let failures = 3
    store.before = () => {
      if (failures-- > 0) throw new Error('no database')
    }
    await sayLines(recorder(journal).channel(), 3)
    await archiver.caughtUp()
    await expectLines(3)
    expect(heard).toEqual(['no database', 'recovered'])
    await end()
  })

  it('a batch whose commit was not heard of is stored once', async () => {
    const { journal, archiver, end } = begin()
    let failures = 2
    store.after = () => {
      if (failures-- > 0) throw new Error('connection lost behind the commit')
    }
    const session = recorder(journal)
    const channel = session.channel()
    await sayLines(channel, 3)
    channel.close(() => {})
    session.close('logout')
    await archiver.caughtUp()
    await expectLines(3)
    expect(store.batches).toBeGreaterThan(2)
    await end()
  })

  it('no segment is dropped before it is stored, and all but the last behind that', async () => {
    const { journal, archiver, end } = begin()
    let letIn = () => {}
    const opened = new Promise<void>((resolve) => (letIn = resolve))
    store.before = () => opened
    const channel = recorder(journal).channel()
    await sayLines(channel, 60)
    expect(journal.segments.length).toBeGreaterThan(4)
    expect(journal.segments[0]?.path).toMatch(/00000001\.journal$/)
    letIn()
    await archiver.caughtUp()
    expect(journal.segments).toHaveLength(1)
    await expectLines(60)
    await end()
  })

  it('the archiver stops without it, and the next process stores the rest', async () => {
    const first = begin()
    store.before = () => Promise.reject(new Error('no database'))
    await sayLines(recorder(first.journal).channel(), 20)
    await first.end(50)
    expect(await stored()).toEqual([])
    store.before = () => {}
    const second = begin()
    await second.archiver.caughtUp()
    await expectLines(20)
    expect(second.journal.segments).toHaveLength(1)
    await second.end()
  })
})

describe('after a crash', () => {
  it('a sequence of keys that was cut in two is one key, and the channel is known to be a terminal', async () => {
    const first = begin()
    // All at one moment: a sequence that does not go on for 50 ms is over.
    const clock = { now: () => new Date(), monotonicUs: () => 0 }
    const channel = new SessionRecorder(first.journal, clock, sessionId).channel()
    const type = (bytes: string) => new Promise<void>((resolve) => channel.bytes('input', Buffer.from(bytes), resolve))
    await new Promise<void>((resolve) => channel.event('request', shellRequest, resolve))
    await type('l\x1b[')
    await first.archiver.caughtUp()
    store.before = () => Promise.reject(new Error('crash'))
    await type('A')
    const left = `${directory}-left`
    await cp(directory, left, { recursive: true })
    await first.end(1)
    store.before = () => {}
    const second = begin(left)
    await second.archiver.caughtUp()
    expect((await records.keystrokes(sessionId, 0)).map(({ bytes }) => bytes.toString())).toEqual(['l', '\x1b[A'])
    await expectIntact()
    await second.end()
    await rm(left, { recursive: true })
  })

  it.each([0, 1, 2, 3])('behind the commit of batch %i everything is stored once', async (commits) => {
    const first = begin()
    const channel = recorder(first.journal).channel()
    store.before = () => (store.batches < commits ? undefined : Promise.reject(new Error('crash')))
    store.after = () => (store.batches < commits ? undefined : Promise.reject(new Error('crash')))
    for (let part = 0; part < 4; part++) {
      await sayLines(channel, 5, part * 5)
      // The journal is left as the crash finds it: a copy, before the archiver can drop anything more.
      if (store.batches < commits) await Promise.race([first.archiver.caughtUp(), crashed()])
    }
    const left = `${directory}-left`
    await cp(directory, left, { recursive: true })
    await first.end(1)
    store.before = store.after = () => {}
    const second = begin(left)
    await second.archiver.caughtUp()
    await expectLines(20)
    await second.end()
    await rm(left, { recursive: true })
  })
})

/** Kept when the store has failed for the first time. */
async function crashed(): Promise<void> {
  await expect.poll(() => heard.length, { timeout: 10_000 }).toBeGreaterThan(0)
}
