import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { FileChange } from '#gateway/recording/record-store.ts'
import type { Database } from '#gateway/storage/database.ts'
import { PostgresRecordStore } from '#gateway/storage/record-store.ts'
import { testDatabase } from '#test/harness/database.ts'
import { sampleAccess, sampleSession } from './sample-access.ts'
import { batch, change, closing } from './sample-batch.ts'

async function openSession(database: Database) {
  return await sampleSession(database, await sampleAccess(database))
}

describe('files', () => {
  const begun = (sessionId: string, more: Partial<FileChange> = {}): FileChange => ({
    sessionId,
    channel: 0,
    number: 0,
    atUs: 1000,
    endedUs: undefined,
    operation: 'transfer',
    direction: 'upload',
    path: Buffer.from('/srv/x'),
    bytes: 0,
    ...more,
  })
  const done = (sessionId: string, more: Partial<FileChange> = {}): FileChange =>
    begun(sessionId, { atUs: 5000, endedUs: 5000, bytes: 7, sha256: 'ab'.repeat(32), result: 'ok', ...more })

  it('begin in one batch and end in another, however often either is repeated', async () => {
    await using test = await testDatabase()
    const { id } = await openSession(test.database)
    const records = new PostgresRecordStore(test.database)
    const [first, second] = [
      batch({ files: [begun(id)], channels: [change(id, { archivedSeq: 1 })] }),
      batch({ files: [done(id)], channels: [change(id, { archivedSeq: 2 })] }),
    ]
    for (const one of [first, first]) await records.append(one)
    expect(await records.files(id, 10)).toMatchObject([{ atUs: 1000, endedUs: undefined, result: undefined, bytes: 0 }])
    for (const one of [second, first, second]) await records.append(one)
    const { sessionId: _, ...expected } = done(id, { atUs: 1000 })
    expect(await records.files(id, 10)).toMatchObject([expected])
  })

  it('come out by channel and number, page by page, with names of any bytes', async () => {
    await using test = await testDatabase()
    const { id } = await openSession(test.database)
    const records = new PostgresRecordStore(test.database)
    const names = [
      Buffer.from('/caf\xe9', 'latin1'),
      Buffer.from('/nul\0'),
      Buffer.from('/é\n\u{1F4BE}'),
      Buffer.alloc(0),
    ]
    const files = names.map((path, number) => done(id, { number, path, newPath: path }))
    const others = [0, 1].map((number) => done(id, { number, channel: 1 }))
    const channels = [change(id), change(id, { channel: 1 })]
    await records.append(batch({ files: [...others, ...files.toReversed()], channels }))
    const [first, second] = [await records.files(id, 3), await records.files(id, 3, { channel: 0, number: 2 })]
    expect([...first, ...second].map(({ channel, number }) => [channel, number])).toEqual(
      [0, 1, 2, 3].map((number) => [0, number]).concat([0, 1].map((number) => [1, number])),
    )
    expect([...first, ...second].slice(0, 4).map(({ path }) => path)).toEqual(names)
    expect(first.map(({ newPath }) => newPath)).toEqual(names.slice(0, 3))
    expect(await records.files(randomUUID(), 3)).toEqual([])
  })

  it('that went on when a gateway was killed were interrupted', async () => {
    await using test = await testDatabase()
    const { id } = await openSession(test.database)
    const records = new PostgresRecordStore(test.database)
    const files = [begun(id, { bytes: 5 }), done(id, { number: 1 })]
    await records.append(batch({ files, channels: [change(id)] }))
    await records.append(batch({ closings: [closing(id, { state: 'interrupted' })] }))
    expect(await records.files(id, 10)).toMatchObject([{ result: 'interrupted', bytes: 5 }, { result: 'ok' }])
  })
})
