import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clock } from '#gateway/clock.ts'
import { encodeChannelRequest } from '#gateway/recording/channel-request.ts'
import { decodeFileStatement } from '#gateway/recording/files/file-statement.ts'
import { createVault } from '#gateway/vault/seal.ts'
import { Journal } from '#gateway/recording/journal.ts'
import { JournalReader } from '#gateway/recording/journal-reader.ts'
import type { JournalRecord } from '#gateway/recording/journal-record.ts'
import { CHANNEL_BUDGET_BYTES } from '#gateway/recording/content-budget.ts'
import { SessionRecorder } from '#gateway/recording/recorder.ts'
import { string, wireMessage } from '#gateway/transport/wire.ts'
import { answer, init, request, version, WRITE_NEW } from './files/sftp-words.ts'

const sessionId = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee'
const startedAt = new Date('2026-11-23T12:00:00.000Z')
const MIB = 1024 * 1024

/** A clock that the test moves. */
class ManualClock implements Clock {
  us = 1_000_000
  monotonicUs(): number {
    return this.us
  }
  now(): Date {
    return new Date(startedAt.getTime() + (this.us - 1_000_000) / 1000)
  }
}

let directory: string
let journal: Journal
let clock: ManualClock
let session: SessionRecorder

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gatebook-recorder-'))
  journal = new Journal({
    vault: createVault(Buffer.alloc(32)),
    directory,
    durability: 'process',
    maxBytes: 2 ** 30,
    onFailure() {},
  })
  clock = new ManualClock()
  session = new SessionRecorder(journal, clock, sessionId)
})
afterEach(async () => {
  journal.close()
  await rm(directory, { recursive: true })
})

/** The records on the journal, those of `output` by their length only. */
async function records(): Promise<JournalRecord[]> {
  await nextTurn()
  const reader = new JournalReader(journal)
  const all: JournalRecord[] = []
  for (;;) {
    const placed = await reader.next()
    if (placed.length === 0) break
    all.push(...placed.map(({ record }) => record))
  }
  await reader.close()
  return all
}

const kinds = (all: readonly JournalRecord[]) => all.map(({ kind }) => kind)
const counted = (all: readonly JournalRecord[]) =>
  all.filter(({ kind }) => kind === 'counted').map(({ data }) => JSON.parse(data.toString()) as unknown)

describe('a session', () => {
  it('numbers its channels and their events, and stamps them since its start', async () => {
    const first = session.channel()
    clock.us += 250
    const second = session.channel()
    clock.us += 250
    first.event('inputEnd', Buffer.alloc(0), () => {})
    second.bytes('output', Buffer.from('x'), () => {})
    expect((await records()).map(({ channel, seq, atUs, kind }) => [channel, seq, atUs, kind])).toEqual([
      [0, 0, 0, 'open'],
      [1, 0, 250, 'open'],
      [0, 1, 500, 'inputEnd'],
      [1, 1, 500, 'output'],
    ])
    expect(session.startedAt).toEqual(startedAt)
  })

  it('is as long as the time of its last event, and closes by the wall clock', async () => {
    const channel = session.channel()
    clock.us += 1000
    channel.close(() => {})
    clock.us += 60_000_000
    session.close('logout')
    const last = (await records()).at(-1)
    expect([last?.kind, last?.atUs]).toEqual(['sessionClosed', 1000])
    expect(JSON.parse(last?.data.toString() ?? '')).toEqual({ endedAt: '2026-11-23T12:01:00.001Z', reason: 'logout' })
  })
})

describe('bytes of a channel', () => {
  it('are forwarded when they are on record, in order with everything else', async () => {
    const channel = session.channel()
    const order: string[] = []
    channel.bytes('input', Buffer.from('a'), () => order.push('a'))
    channel.after(() => order.push('between'))
    channel.event('inputEnd', Buffer.alloc(0), () => order.push('end'))
    expect(order).toEqual([])
    await nextTurn()
    expect(order).toEqual(['a', 'between', 'end'])
  })

  it('are stored whole to the last byte of the budget', async () => {
    const channel = session.channel()
    for (let i = 0; i < CHANNEL_BUDGET_BYTES / MIB; i++) {
      for (let part = 0; part < 4; part++) channel.bytes('output', Buffer.alloc(MIB / 4), () => {})
      await nextTurn()
    }
    channel.close(() => {})
    const all = await records()
    expect(counted(all)).toEqual([])
    expect(all.reduce((sum, { data }) => sum + data.length, 0)).toBe(CHANNEL_BUDGET_BYTES)
  })

  it('beyond the budget are counted and hashed by stream, and still forwarded', async () => {
    const channel = session.channel()
    for (let i = 0; i < CHANNEL_BUDGET_BYTES / MIB; i++) {
      for (let part = 0; part < 4; part++) channel.bytes('output', Buffer.alloc(MIB / 4), () => {})
      await nextTurn()
    }
    let forwarded = 0
    channel.bytes('output', Buffer.from('one '), () => forwarded++)
    channel.bytes('stderr', Buffer.from('trouble'), () => forwarded++)
    channel.bytes('output', Buffer.from('two'), () => forwarded++)
    channel.close(() => forwarded++)
    const all = await records()
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
    expect(counted(all)).toEqual([
      { stream: 'output', bytes: 4 },
      { stream: 'stderr', bytes: 7 },
      { stream: 'output', bytes: 3 },
      { stream: 'output', bytes: 0, sha256: sha256('one two') },
      { stream: 'stderr', bytes: 0, sha256: sha256('trouble') },
    ])
    expect([forwarded, kinds(all).at(-1)]).toEqual([4, 'close'])
  })

  it('that do not fit the rest of the budget are not cut: they are counted', async () => {
    const channel = session.channel()
    channel.bytes('input', Buffer.alloc(100), () => {})
    const left = CHANNEL_BUDGET_BYTES - 100
    for (let sent = 0; sent + MIB / 4 <= left; sent += MIB / 4) channel.bytes('output', Buffer.alloc(MIB / 4), () => {})
    channel.bytes('output', Buffer.alloc(MIB / 4), () => {})
    channel.bytes('output', Buffer.alloc(1), () => {})
    channel.close(() => {})
    expect(counted(await records())).toMatchObject([{ bytes: MIB / 4 }, { bytes: 1 }, { stream: 'output', bytes: 0 }])
  })

  it('beyond the budget are stored at the pace of a person, on each stream for itself', async () => {
    const channel = session.channel()
    for (let i = 0; i < CHANNEL_BUDGET_BYTES / MIB; i++) {
      for (let part = 0; part < 4; part++) channel.bytes('output', Buffer.alloc(MIB / 4), () => {})
      await nextTurn()
    }
    channel.bytes('output', Buffer.alloc(1), () => {})
    clock.us += 1_000_000
    channel.bytes('output', Buffer.alloc(4097), () => {})
    channel.bytes('input', Buffer.from('rm -rf /evidence\n'), () => {})
    channel.bytes('output', Buffer.alloc(4096, 'x'), () => {})
    channel.bytes('output', Buffer.from('y'), () => {})
    // However long nothing passes, no more than 64 KiB pass at once.
    clock.us += 3_600_000_000
    channel.bytes('output', Buffer.alloc(64 * 1024 + 1), () => {})
    channel.bytes('output', Buffer.alloc(64 * 1024, 'z'), () => {})
    const all = await records()
    expect(counted(all)).toEqual([1, 4097, 1, 64 * 1024 + 1].map((bytes) => ({ stream: 'output', bytes })))
    const stored = all.slice(1 + CHANNEL_BUDGET_BYTES / (MIB / 4)).filter(({ kind }) => kind !== 'counted')
    expect(stored.map(({ kind, data }) => [kind, data.length])).toEqual([
      ['input', 17],
      ['output', 4096],
      ['output', 64 * 1024],
    ])
    expect(stored[0]?.data.toString()).toBe('rm -rf /evidence\n')
  })

  it('that are only to be counted are counted from the first', async () => {
    const channel = session.channel()
    channel.countsOnly()
    clock.us += 60_000_000
    channel.bytes('input', Buffer.from('secret'), () => {})
    channel.close(() => {})
    const all = await records()
    const sha256 = createHash('sha256').update('secret').digest('hex')
    expect(counted(all)).toEqual([
      { stream: 'input', bytes: 6 },
      { stream: 'input', bytes: 0, sha256 },
    ])
    expect(Buffer.concat(all.map(({ data }) => data)).includes('secret')).toBe(false)
  })

  it('of a terminal are stored whole, however many', async () => {
    const channel = session.channel()
    channel.hasTerminal()
    for (let i = 0; i <= CHANNEL_BUDGET_BYTES / MIB; i++) {
      for (let part = 0; part < 4; part++) channel.bytes('output', Buffer.alloc(MIB / 4), () => {})
      await nextTurn()
    }
    channel.close(() => {})
    expect(counted(await records())).toEqual([])
  })
})

describe('files that pass on a channel', () => {
  const sftp = encodeChannelRequest('subsystem', wireMessage(string('sftp')))
  const statements = (all: readonly JournalRecord[]) =>
    all.filter(({ kind }) => kind === 'file').map(({ data }) => decodeFileStatement(data))

  it('are on record behind the bytes that tell of them, before these are forwarded', async () => {
    const channel = session.channel()
    channel.request(sftp, () => {})
    channel.bytes('input', Buffer.concat([init, request.remove(1, '/x')]), () => {})
    channel.bytes('output', version, () => {})
    await nextTurn()
    let forwarded = false
    channel.bytes('output', answer.ok(1), () => (forwarded = true))
    expect(forwarded).toBe(false)
    const all = await records()
    expect(forwarded).toBe(true)
    expect(kinds(all)).toEqual(['open', 'request', 'input', 'output', 'output', 'file'])
    expect(statements(all)).toMatchObject([{ operation: 'remove', path: Buffer.from('/x'), result: 'ok' }])
  })

  it('that are open when the channel closes are interrupted before its end', async () => {
    const channel = session.channel()
    channel.request(sftp, () => {})
    channel.bytes('input', Buffer.concat([init, request.open(1, '/x', WRITE_NEW)]), () => {})
    channel.bytes('output', Buffer.concat([version, answer.handle(1, 'h')]), () => {})
    channel.close(() => {})
    const all = await records()
    expect(kinds(all).slice(-3)).toEqual(['file', 'file', 'close'])
    expect(statements(all).map(({ result }) => result)).toEqual([undefined, 'interrupted'])
  })

  it('are told of beyond the budget of what is stored, with their hash', async () => {
    const channel = session.channel()
    channel.request(sftp, () => {})
    channel.bytes('input', Buffer.concat([init, request.open(1, '/x', WRITE_NEW)]), () => {})
    channel.bytes('output', Buffer.concat([version, answer.handle(1, 'h')]), () => {})
    const hash = createHash('sha256')
    for (let at = 0; at < CHANNEL_BUDGET_BYTES + MIB; at += MIB / 4) {
      const content = Buffer.alloc(MIB / 4, at / MIB)
      hash.update(content)
      channel.bytes('input', request.write(2, 'h', at, content), () => {})
      channel.bytes('output', answer.ok(2), () => {})
      await nextTurn()
    }
    channel.bytes('input', request.close(3, 'h'), () => {})
    channel.bytes('output', answer.ok(3), () => {})
    const facts = { bytes: CHANNEL_BUDGET_BYTES + MIB, sha256: hash.digest('hex'), result: 'ok' }
    expect(statements(await records()).at(-1)).toMatchObject(facts)
  })

  it('are not looked for where the target refused to begin', async () => {
    const channel = session.channel()
    channel.refused(channel.request(sftp, () => {}))
    channel.bytes('input', Buffer.from('not SFTP'), () => {})
    channel.close(() => {})
    expect(statements(await records())).toEqual([])
  })
})
