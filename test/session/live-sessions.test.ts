import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defaultPolicy, type Policy } from '#gateway/access/policy.ts'
import { systemClock } from '#gateway/clock.ts'
import { createVault } from '#gateway/vault/seal.ts'
import { Journal } from '#gateway/recording/journal.ts'
import { LiveSessions, type LiveSession, type SessionEnd } from '#gateway/session/live-sessions.ts'
import { isOpening } from '#gateway/recording/seal/session-statements.ts'
import { readStatement } from '#gateway/recording/seal/statement.ts'
import { someSigningKey } from '#test/harness/signing.ts'
import { about, allowed, Database, paused } from './changing-database.ts'

const signingKey = someSigningKey()
let directory: string
let journal: Journal
let database: Database
let sessions: LiveSessions

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gatebook-sessions-'))
  const maxBytes = 10_000_000
  journal = new Journal({
    vault: createVault(Buffer.alloc(32)),
    directory: join(directory, 'journal'),
    durability: 'process',
    maxBytes,
    onFailure() {},
  })
  database = new Database()
  const { access, store } = database
  const parts = { gatewayId: 'g', clock: systemClock, signingKey, journal, access, store }
  sessions = new LiveSessions({ ...parts, explain: (why) => why })
})
afterEach(async () => {
  vi.useRealTimers()
  journal.close()
  await rm(directory, { recursive: true })
})

async function opened(): Promise<LiveSession> {
  const session = await sessions.open(about)
  if ('refused' in session) throw new Error(session.refused)
  return session
}

/** Why the session ended. */
function end(session: LiveSession): Promise<SessionEnd> {
  return new Promise((resolve) => session.onEnd(resolve))
}

describe('a session', () => {
  it('is on record before it is given to anybody', async () => {
    const session = await opened()
    expect(database.opened).toMatchObject([{ ...about, id: session.id, gatewayId: 'g' }])
    expect(sessions.count).toBe(1)
    session.close('closed')
    expect(sessions.count).toBe(0)
  })

  it('is opened with a signed statement of who works where', async () => {
    const session = await opened()
    const { kind, payload = {} } = readStatement(database.statements[0] ?? '') ?? {}
    expect(kind).toBe('opening')
    expect(isOpening(payload)).toBe(true)
    expect(payload).toMatchObject({
      session: session.id,
      gateway: 'g',
      client: { slug: 'acme' },
      target: { id: 'web1', name: 'web1.acme' },
      staff: { login: 'ivan' },
      login: 'root',
      sourceAddress: '192.0.2.7',
      startedAt: session.recorder.startedAt.toISOString(),
    })
  })

  it.each([{ taskRequired: true }, { reasonRequired: true }])(
    'is refused where %j and nothing is said of what it is for, and not ended where that comes to hold later',
    async (rules) => {
      const running = await opened()
      let ended = false
      running.onEnd(() => (ended = true))
      database.facts = { ...allowed, policy: { ...defaultPolicy, ...rules } }
      expect(await sessions.open(about)).toEqual({ refused: expect.stringContaining('SetEnv=GATEBOOK_TASK=NUMBER') })
      expect(sessions.count).toBe(1)
      for (const purpose of [{ task: 'ACME-1' }, { reason: 'the disk is full' }]) {
        expect(await sessions.open({ ...about, ...purpose })).toHaveProperty('id')
        expect(database.opened.at(-1)).toMatchObject(purpose)
      }
      const read = database.nextRead()
      database.changed()
      await read
      await new Promise((resolve) => setImmediate(resolve))
      expect(ended).toBe(false)
    },
  )

  it.each([
    ['the right is missing', () => (database.facts = paused), 'support-key-paused'],
    [
      'the target is gone',
      () => (database.facts = undefined),
      'the target or the person is gone; ask an administrator of the gateway',
    ],
    ['the gateway is stopping', () => sessions.shut('stopping'), 'stopping'],
  ])('is refused and leaves nothing behind where %s', async (_, arrange, refused) => {
    arrange()
    expect(await sessions.open(about)).toEqual({ refused })
    expect(sessions.count).toBe(0)
    expect(database.opened).toEqual([])
  })

  it('leaves nothing behind where the database fails', async () => {
    database.whileOpening = () => Promise.reject(new Error('no database'))
    await expect(sessions.open(about)).rejects.toThrow('no database')
    expect(sessions.count).toBe(0)
  })

  it('is refused where nothing can be recorded any more', async () => {
    const small = { directory: join(directory, 'small'), durability: 'process', maxBytes: 10 } as const
    const full = new Journal({ vault: createVault(Buffer.alloc(32)), ...small, onFailure() {} })
    const { access, store } = database
    const parts = { gatewayId: 'g', clock: systemClock, signingKey, access, store, explain: (why: string) => why }
    const unrecorded = new LiveSessions({ ...parts, journal: full })
    full.after(() => {})
    full.append(
      {
        sessionId: '0190aaaa-0000-7000-8000-000000000000',
        channel: 0,
        seq: 0,
        atUs: 0,
        kind: 'open',
        data: Buffer.alloc(0),
      },
      () => {},
    )
    await new Promise((resolve) => setImmediate(resolve))
    expect(await unrecorded.open(about)).toMatchObject({
      refused: expect.stringContaining('the journal cannot be written'),
    })
    full.close()
  })
})

describe('a session that somebody wants ended', () => {
  it('ends for that reason, and others go on', async () => {
    const [one, other] = [await opened(), await opened()]
    const ended = end(one)
    other.onEnd(() => expect.unreachable())
    database.endsAsked.set(one.id, 'ended by the operator').set('of yesterday', 'ended by the operator')
    const read = database.nextRead()
    database.changed()
    expect(await ended).toEqual({ reason: 'ended by the operator', recorded: true })
    await read
  })
})

describe('a right that goes', () => {
  it('ends the session', async () => {
    const ended = end(await opened())
    database.facts = paused
    database.changed()
    expect(await ended).toEqual({ reason: 'support-key-paused', recorded: true })
  })

  it('while the session is being stored ends it as soon as its owner listens', async () => {
    database.whileOpening = async () => {
      database.facts = paused
      const read = database.nextRead()
      database.changed()
      await read
    }
    expect(await end(await opened())).toEqual({ reason: 'support-key-paused', recorded: true })
  })

  it('while rights are being read makes them be read again', async () => {
    const ended = end(await opened())
    const read = database.nextRead()
    database.changed()
    await read
    database.facts = paused
    database.changed()
    expect(await ended).toMatchObject({ reason: 'support-key-paused' })
  })

  it('with the target or the person themselves ends the session', async () => {
    const ended = end(await opened())
    database.facts = undefined
    database.changed()
    expect(await ended).toMatchObject({
      reason: 'the target or the person is gone; ask an administrator of the gateway',
    })
  })

  it('while the database does not answer ends the session when it answers again', async () => {
    vi.useFakeTimers()
    const ended = end(await opened())
    database.facts = new Error('no database')
    database.changed()
    await vi.advanceTimersByTimeAsync(5000)
    database.facts = paused
    await vi.advanceTimersByTimeAsync(1000)
    expect(await ended).toMatchObject({ reason: 'support-key-paused' })
  })

  it('of one session leaves the others alone', async () => {
    const [first, second] = [await opened(), await opened()]
    const ends: string[] = []
    first.onEnd(({ reason }) => ends.push(reason))
    second.onEnd(({ reason }) => ends.push(reason))
    first.close('closed')
    database.facts = paused
    const read = database.nextRead()
    database.changed()
    await read
    await expect.poll(() => ends).toEqual(['support-key-paused'])
  })
})

describe('a policy', () => {
  it('is told at the beginning, and again when another one comes to hold', async () => {
    const session = await opened()
    const told: Policy[] = []
    session.onPolicy((policy) => told.push(policy))
    expect(told).toEqual([defaultPolicy])
    const stricter = { ...defaultPolicy, idleEndS: 60 }
    for (const policy of [{ ...defaultPolicy }, stricter]) {
      database.facts = { ...allowed, policy }
      const read = database.nextRead()
      database.changed()
      await read
    }
    await expect.poll(() => told).toEqual([defaultPolicy, stricter])
  })

  it('that cannot be read ends the session', async () => {
    const ended = end(await opened())
    database.facts = { ...allowed, policy: { unreadable: 'the policy of client acme cannot be read' } }
    database.changed()
    expect(await ended).toEqual({ reason: 'policy-unreadable', recorded: true })
  })
})

describe('a gateway that stops', () => {
  it('ends every session, and one that is being opened', async () => {
    const ended = end(await opened())
    database.whileOpening = () => Promise.resolve(sessions.shut('stopping'))
    expect(await end(await opened())).toEqual({ reason: 'stopping', recorded: true })
    expect(await ended).toEqual({ reason: 'stopping', recorded: true })
    expect(await sessions.open(about)).toEqual({ refused: 'stopping' })
  })
})
