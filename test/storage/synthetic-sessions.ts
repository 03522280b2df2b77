import { sql } from 'drizzle-orm'
import type { Database } from '#gateway/storage/database.ts'
import type { sampleAccess } from './sample-access.ts'

const AT_ONCE = 200

/** Sessions of a year with 24 KB of text and 60 commands each, made in the database. */
export async function syntheticSessions(
  database: Database,
  { client, target, staff }: Awaited<ReturnType<typeof sampleAccess>>,
  count: number,
): Promise<void> {
  // PostgreSQL gives a statement 30 s.
  for (let first = 1; first <= count; first += AT_ONCE) await makeSome(first, Math.min(first + AT_ONCE - 1, count))

  async function makeSome(first: number, last: number): Promise<void> {
    await database.change(async (tx) => {
      await tx.execute(sql`
      create temporary table made on commit drop as
      select n, gen_random_uuid() as id, timestamptz '2025-11-23T00:00:00Z' + n * interval '4 hours' as at
      from generate_series(${first}::integer, ${last}::integer) n`)
      await tx.execute(sql`
      insert into session (id, month, gateway_id, client_id, target_id, staff_id, login, source_address, started_at, ended_at, state)
      select id, date_trunc('month', at), 'gateway-1', ${client.id}, ${target.id}, ${staff.id}, 'root', '192.0.2.7',
        at, at + interval '1 hour', 'ended' from made`)
      await tx.execute(sql`
      insert into session_text (month, session_id, channel, part, number, text, lines_us)
      select date_trunc('month', at), id, 0, 'output', chunk,
        string_agg('line ' || line || ' user' || (n * 31 + line) % 997 || ' took ' || left(md5((n * 7919 + chunk * 101 + line)::text), 6), E'\n' order by line),
        array_agg(line * 1000000::bigint order by line)
      from made, generate_series(0, 5) chunk, generate_series(1, 70) line group by at, id, n, chunk`)
      await tx.execute(sql`
      insert into command (month, session_id, channel, number, t_us, text, source)
      select date_trunc('month', at), id, 0, number, number * 1000000::bigint,
        'kubectl -n team' || (n + number) % 50 || ' get pod ' || left(md5((n * 60 + number)::text), 6), 'screen'
      from made, generate_series(1, 60) number`)
    })
  }
}
