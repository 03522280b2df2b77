import { sql } from 'drizzle-orm'
import type { Database, Queries } from './database.ts'
import { monthAfter, monthOf } from './month.ts'

const PARTITIONED = ['frame', 'event_salt', 'keystroke_run', 'transferred_file', 'command', 'session_text']
/** Two gateways that make the same partition at once would collide. */
const PARTITION_LOCK = 0x67_62_70_61

/**
 * Makes the partitions of this month and the next, where they are missing; to be called at start and daily. What
 * a default partition took of such a month meanwhile moves into its own.
 */
export async function ensurePartitions(database: Database, now: Date): Promise<void> {
  const month = monthOf(now)
  for (const table of PARTITIONED) {
    for (const wanted of [month, monthAfter(month)]) {
      await database.change(async (tx) => {
        await tx.execute(sql`select pg_advisory_xact_lock(${PARTITION_LOCK})`)
        await ensurePartition(tx, table, wanted)
      })
    }
  }
}

async function ensurePartition(tx: Queries, table: string, month: string): Promise<void> {
  const name = `${table}_${month.slice(0, 7).replace('-', '_')}`
  const { rows } = await tx.execute<{ exists: boolean }>(sql`select to_regclass(${name}) is not null as exists`)
  if (rows[0]?.exists === true) return
  const [parent, partition, overflow] = [table, name, `${table}_default`].map((word) => sql.identifier(word))
  await tx.execute(sql`create table ${partition} (like ${parent} including all)`)
  await tx.execute(sql`lock table ${overflow} in access exclusive mode`)
  await tx.execute(sql`
    with moved as (delete from ${overflow} where month = ${month} returning *) insert into ${partition} select * from moved
  `)
  // Bounds of a partition are not expressions: no parameters. The month is made of digits by monthOf.
  const bounds = sql.raw(`from ('${month}') to ('${monthAfter(month)}')`)
  await tx.execute(sql`alter table ${parent} attach partition ${partition} for values ${bounds}`)
}
