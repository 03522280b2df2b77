import { type SQL, sql } from 'drizzle-orm'
import { DatabaseError } from 'pg'
import { GatewayError } from '../errors.ts'
import type { SearchPart } from '../recording/search/search-part.ts'
import type { SearchHit, SearchPlace, SearchQuery, SessionSearch } from '../session/session-search.ts'
import type { Database } from './database.ts'
import { isUuid } from './found.ts'

/** A text of which the index knows no trigram, such as `---`, is looked for in every line: no longer than this. */
const SEARCH_MS = 10_000
/** SQLSTATE of a statement that took too long. */
const CANCELED = '57014'

/** Search in PostgreSQL, by the trigrams of `pg_trgm`. */
export class PostgresSessionSearch implements SessionSearch {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async search(query: SearchQuery): Promise<readonly SearchHit[]> {
    if (query.after !== undefined && !isUuid(query.after.sessionId)) return []
    try {
      const { rows } = await this.#database.snapshot(async (tx) => {
        await tx.execute(sql.raw(`set local statement_timeout = ${SEARCH_MS}`))
        return tx.execute<HitRow>(searchStatement(query))
      })
      return rows.map(hitOf)
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code !== CANCELED) throw error
      const hint = 'search for a longer text with letters in it, or narrow it by client, target or date'
      throw new GatewayError('bad-input', `the search takes longer than ${SEARCH_MS / 1000} s`, hint, error)
    }
  }
}

interface HitRow extends Record<string, unknown> {
  readonly session_id: string
  readonly client: string
  readonly target: string
  readonly login: string
  readonly staff: string
  readonly started_at: string | Date
  readonly channel: number
  readonly at_us: string
  readonly part: SearchPart
  readonly number: number
  readonly line: string | number
  readonly text: string
}

/** One statement, so that what the reader may not see never leaves the database. */
export function searchStatement(query: SearchQuery): SQL {
  const found = query.parts.map((part) =>
    part === 'commands' ? foundCommands(query.text) : foundLines(part, query.text),
  )
  return sql`
    select session.id as session_id, client.slug as client, target.name || '.' || client.slug as target,
      session.login, staff.login as staff, session.started_at, hit.channel, hit.at_us, hit.part, hit.number, hit.line, hit.text
    from (${sql.join(found, sql` union all `)}) hit
    join session on session.id = hit.session_id and session.month = hit.month
    join client on client.id = session.client_id
    join target on target.id = session.target_id
    join staff on staff.id = session.staff_id
    where ${sql.join(conditions(query), sql` and `)}
    order by session.started_at desc, session.id desc, hit.channel, hit.at_us, hit.part, hit.number, hit.line
    limit ${query.limit}`
}

function foundCommands(text: string): SQL {
  return sql`select month, session_id, channel, t_us as at_us, 'commands' as part, number, 1::bigint as line, text
    from command where text ilike ${pattern(text)}`
}

function foundLines(part: SearchPart, text: string): SQL {
  return sql`select month, session_id, channel, each.at_us, part, number, each.line, each.text
    from session_text
    cross join lateral unnest(string_to_array(session_text.text, E'\n'), lines_us) with ordinality each(text, at_us, line)
    where session_text.text ilike ${pattern(text)} and part = ${part} and each.text ilike ${pattern(text)}`
}

/** The text itself anywhere: its own `%`, `_` and `\` mean themselves. */
function pattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
}

function conditions({ client, staff, target, from, to, after }: SearchQuery): SQL[] {
  const narrowed = [
    client === undefined ? undefined : sql`client.slug = ${client}`,
    staff === undefined ? undefined : sql`staff.login = ${staff}`,
    target === undefined ? undefined : sql`target.name || '.' || client.slug = ${target}`,
    from === undefined ? undefined : sql`session.started_at >= ${from.toISOString()}::timestamptz`,
    to === undefined ? undefined : sql`session.started_at < ${to.toISOString()}::timestamptz`,
    after === undefined ? undefined : behind(after),
  ].filter((condition) => condition !== undefined)
  return narrowed.length === 0 ? [sql`true`] : narrowed
}

function behind({ sessionId, channel, atUs, part, number, line }: SearchPlace): SQL {
  return sql`((session.started_at, session.id) < (select started_at, id from session where id = ${sessionId})
    or session.id = ${sessionId}
      and (hit.channel, hit.at_us, hit.part, hit.number, hit.line) > (${channel}, ${atUs}, ${part}, ${number}, ${line}))`
}

function hitOf(row: HitRow): SearchHit {
  const { client, target, login, staff, channel, part, number, text } = row
  return {
    client,
    target,
    login,
    staff,
    channel,
    part,
    number,
    text,
    sessionId: row.session_id,
    startedAt: new Date(row.started_at),
    atUs: Number(row.at_us),
    line: Number(row.line),
  }
}
