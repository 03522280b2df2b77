import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import type { Database } from '#gateway/storage/database.ts'
import { monthAfter, monthOf } from '#gateway/storage/month.ts'
import { ensurePartitions } from '#gateway/storage/partitions.ts'
import { PostgresRecordStore } from '#gateway/storage/record-store.ts'
import { testDatabase } from '#test/harness/database.ts'
import { sampleAccess, sampleSession } from './sample-access.ts'
import { batch, change, frameOf } from './sample-batch.ts'

const now = new Date('2026-12-31T23:59:59.999Z')

async function rowsOf(database: Database, table: string): Promise<number> {
  const { rows } = await database.read((queries) =>
    queries.execute<{ count: number }>(sql`select count(*)::integer as count from ${sql.identifier(table)}`),
  )
  return rows[0]?.count ?? 0
}

async function partitions(database: Database): Promise<string[]> {
  const { rows } = await database.read((queries) =>
    queries.execute<{ name: string }>(sql`
      select inhrelid::regclass::text as name from pg_inherits
      where inhparent::regclass::text in ('frame', 'event_salt', 'keystroke_run', 'transferred_file', 'command', 'session_text')
      order by name
    `),
  )
  return rows.map(({ name }) => name)
}

it('makes the partitions of this month and the next, once, also when two gateways start', async () => {
  await using test = await testDatabase()
  await Promise.all([ensurePartitions(test.database, now), ensurePartitions(test.database, now)])
  await ensurePartitions(test.database, now)
  expect(await partitions(test.database)).toEqual([
    'command_2026_12',
    'command_2027_01',
    'command_default',
    'event_salt_2026_12',
    'event_salt_2027_01',
    'event_salt_default',
    'frame_2026_12',
    'frame_2027_01',
    'frame_default',
    'keystroke_run_2026_12',
    'keystroke_run_2027_01',
    'keystroke_run_default',
    'session_text_2026_12',
    'session_text_2027_01',
    'session_text_default',
    'transferred_file_2026_12',
    'transferred_file_2027_01',
    'transferred_file_default',
  ])
})

it('moves what came too early into the partition of its month, uncompressed there too', async () => {
  await using test = await testDatabase()
  const { id } = await sampleSession(test.database, await sampleAccess(test.database), { startedAt: now })
  const event = { seq: 0, atUs: 0, kind: 'open', data: Buffer.alloc(0) } as const
  const rows = batch({ frames: [frameOf(id, [event])], channels: [change(id)] })
  await new PostgresRecordStore(test.database).append(rows)
  expect(await rowsOf(test.database, 'frame_default')).toBe(1)
  await ensurePartitions(test.database, now)
  expect(await rowsOf(test.database, 'frame_default')).toBe(0)
  expect(await rowsOf(test.database, 'frame_2026_12')).toBe(1)
  const columns = await test.database.read((queries) =>
    queries.execute(sql`
      select attstorage as storage from pg_attribute where attname = 'data' and attrelid = 'frame_2026_12'::regclass
    `),
  )
  expect(columns.rows).toEqual([{ storage: 'e' }])
})

it.each([
  ['2026-11-30T23:59:59.999Z', '2026-11-01', '2026-12-01'],
  ['2026-12-01T00:00:00.000Z', '2026-12-01', '2027-01-01'],
])('the month of %s is that of %s, before that of %s', (instant, month, after) => {
  expect(monthOf(new Date(instant))).toBe(month)
  expect(monthAfter(month)).toBe(after)
})
