import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '#gateway/clock.ts'
import { Journal } from '#gateway/recording/journal.ts'
import { LiveSessions } from '#gateway/session/live-sessions.ts'
import { createVault } from '#gateway/vault/seal.ts'
import { someSigningKey } from '#test/harness/signing.ts'
import { about, allowed, Database, paused } from './changing-database.ts'

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
  const parts = { gatewayId: 'g', clock: systemClock, signingKey: someSigningKey(), journal, access, store }
  sessions = new LiveSessions({ ...parts, explain: (why) => why })
})
afterEach(async () => {
  vi.useRealTimers()
  journal.close()
  await rm(directory, { recursive: true })
})

describe('the right of somebody who has begun nothing yet', () => {
  const watched = () => {
    let stop = () => {}
    const gone = new Promise<string>((resolve) => (stop = sessions.watchAhead(about, resolve)))
    return { gone, stop }
  }

  it('is watched, and that it goes is told', async () => {
    const read = database.nextRead()
    const { gone } = watched()
    await read
    database.facts = paused
    database.changed()
    expect(await gone).toBe('support-key-paused')
  })

  it('is found gone where it went before', async () => {
    database.facts = paused
    expect(await watched().gone).toBe('support-key-paused')
  })

  it('ends by itself when its time is over', async () => {
    vi.useFakeTimers()
    const until = new Date(Date.now() + 60_000)
    const grant = { id: '1', staffId: 'ivan', clientId: 'acme', targetId: undefined, until, revokedAt: undefined }
    database.facts = { ...allowed, grants: [grant] }
    const { gone } = watched()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await gone).toBe('grant-ended')
  })

  it('is watched until it is not wanted any more', async () => {
    const { gone, stop } = watched()
    stop()
    database.facts = paused
    const session = await sessions.open(about)
    database.changed()
    expect(session).toEqual({ refused: 'support-key-paused' })
    expect(await Promise.race([gone, Promise.resolve('silence')])).toBe('silence')
  })

  it('while the database does not answer is read when it does', async () => {
    vi.useFakeTimers()
    database.facts = new Error('no database')
    const { gone } = watched()
    await vi.advanceTimersByTimeAsync(10)
    database.facts = paused
    await vi.advanceTimersByTimeAsync(1000)
    expect(await gone).toBe('support-key-paused')
  })
})
