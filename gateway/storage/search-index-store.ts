import { and, asc, desc, eq, gt, isNotNull, ne, or, sql } from 'drizzle-orm'
import type { Findings } from '../recording/search/read-channel.ts'
import type { ChannelPlace, CommandPlace, SearchIndex, SessionCommand } from '../recording/search/search-index.ts'
import type { Database } from './database.ts'
import { isUuid } from './found.ts'
import { channel, session } from './schema-recording.ts'
import { command, sessionText } from './schema-search.ts'

/** What was found in recordings, in PostgreSQL. */
export class PostgresSearchIndex implements SearchIndex {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  unread(gatewayId: string, limit: number): Promise<readonly ChannelPlace[]> {
    const isWhole = or(isNotNull(channel.closedUs), ne(session.state, 'live'))
    const isOurs = or(eq(session.gatewayId, gatewayId), sql`${session.endedAt} < now() - interval '10 minutes'`)
    return this.#database.read((queries) =>
      queries
        .select({ sessionId: channel.sessionId, channel: channel.channel })
        .from(channel)
        .innerJoin(session, eq(session.id, channel.sessionId))
        .where(and(sql`not ${channel.searchable}`, isWhole, isOurs))
        .orderBy(desc(session.startedAt), asc(channel.channel))
        .limit(limit),
    )
  }

  async add({ sessionId, channel: number }: ChannelPlace, { commands, chunks }: Findings): Promise<void> {
    await this.#database.change(async (tx) => {
      const rows = await tx.select({ month: session.month }).from(session).where(eq(session.id, sessionId))
      const month = rows[0]?.month
      if (month === undefined) return
      const place = { month, sessionId, channel: number }
      if (commands.length > 0) {
        const values = commands.map(({ atUs, ...columns }) => ({ ...place, ...columns, tUs: atUs }))
        await tx.insert(command).values(values).onConflictDoNothing()
      }
      if (chunks.length > 0) {
        const values = chunks.map((chunk) => ({ ...place, ...chunk, linesUs: [...chunk.linesUs] }))
        await tx.insert(sessionText).values(values).onConflictDoNothing()
      }
    })
  }

  async finish({ sessionId, channel: number }: ChannelPlace): Promise<void> {
    await this.#database.change((tx) =>
      tx
        .update(channel)
        .set({ searchable: true })
        .where(and(eq(channel.sessionId, sessionId), eq(channel.channel, number))),
    )
  }

  async commands(sessionId: string, limit: number, after?: CommandPlace): Promise<readonly SessionCommand[]> {
    if (!isUuid(sessionId)) return []
    const { channel: number, number: count } = command
    const behind = after && or(gt(number, after.channel), and(eq(number, after.channel), gt(count, after.number)))
    const rows = await this.#database.read((queries) =>
      queries
        .select({ row: command })
        .from(command)
        .innerJoin(session, and(eq(session.id, command.sessionId), eq(session.month, command.month)))
        .where(and(eq(session.id, sessionId), behind))
        .orderBy(asc(number), asc(count))
        .limit(limit),
    )
    return rows.map(({ row }) => commandOf(row))
  }

  async notRead(sessionId: string): Promise<readonly number[]> {
    if (!isUuid(sessionId)) return []
    const rows = await this.#database.read((queries) =>
      queries
        .select({ channel: channel.channel })
        .from(channel)
        .where(and(eq(channel.sessionId, sessionId), sql`not ${channel.searchable}`))
        .orderBy(asc(channel.channel)),
    )
    return rows.map((row) => row.channel)
  }
}

function commandOf(row: typeof command.$inferSelect): SessionCommand {
  return {
    channel: row.channel,
    number: row.number,
    atUs: row.tUs,
    endedUs: row.endedUs ?? undefined,
    text: row.text,
    source: row.source,
    exitStatus: row.exitStatus ?? undefined,
    directory: row.directory ?? undefined,
  }
}
