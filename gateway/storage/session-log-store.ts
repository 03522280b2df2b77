import { and, asc, eq, gte, sql } from 'drizzle-orm'
import type { LoggedStatement } from '../recording/seal/key-ring.ts'
import type { ChannelPosition } from '../recording/seal/positions.ts'
import {
  leafHash,
  type LogEntry,
  type LoggedKind,
  type SessionLog,
  type SessionStatements,
} from '../recording/seal/session-log.ts'
import type { StoredLeaf } from '../recording/seal/verify-log.ts'
import type { Database, Queries } from './database.ts'
import { isUuid } from './found.ts'
import { sessionLog, treeHead } from './schema-log.ts'
import { channel, frame, session } from './schema-recording.ts'

const LEAVES_AT_ONCE = 10_000
const ENTRIES_AT_ONCE = 500

/** What is appended to the log of sessions. */
export interface NewLogEntry {
  readonly kind: LoggedKind
  readonly sessionId?: string
  readonly statement: string
}

/** The last thing of a transaction: until it commits, no gateway can append anything. Answers with the place. */
export async function appendToLog(tx: Queries, { kind, sessionId, statement }: NewLogEntry): Promise<number> {
  const { rows } = await tx.execute<{ place: string }>(
    sql`select session_log_append(${kind}, ${sessionId ?? null}, ${leafHash(statement)}, ${statement}) as place`,
  )
  return Number(rows[0]?.place)
}

/** What is signed of a session, as this transaction sees it. */
export async function statementsOf(queries: Queries, sessionId: string): Promise<SessionStatements> {
  const log = await queries
    .select(logged)
    .from(sessionLog)
    .where(eq(sessionLog.sessionId, sessionId))
    .orderBy(asc(sessionLog.index))
  const rows = await queries.select({ checkpoint: session.checkpoint }).from(session).where(eq(session.id, sessionId))
  return { log, checkpoint: rows[0]?.checkpoint ?? undefined }
}

const logged = { index: sessionLog.index, statement: sessionLog.statement }

/** The log of sessions in PostgreSQL, and how the sessions stand that it opened. */
export class PostgresSessionLog implements SessionLog {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  appendKey(statement: string): Promise<number> {
    return this.#database.change((tx) => appendToLog(tx, { kind: 'key', statement }))
  }

  async appendTrail(statement: string): Promise<void> {
    await this.#database.change((tx) => appendToLog(tx, { kind: 'trail', statement }))
  }

  trails(): Promise<readonly LoggedStatement[]> {
    return this.#ofKind('trail')
  }

  keys(): Promise<readonly LoggedStatement[]> {
    return this.#ofKind('key')
  }

  #ofKind(kind: LoggedKind): Promise<readonly LoggedStatement[]> {
    return this.#database.read((queries) =>
      queries.select(logged).from(sessionLog).where(eq(sessionLog.kind, kind)).orderBy(asc(sessionLog.index)),
    )
  }

  async statements(sessionId: string): Promise<SessionStatements> {
    if (!isUuid(sessionId)) return { log: [], checkpoint: undefined }
    return await this.#database.snapshot((queries) => statementsOf(queries, sessionId))
  }

  async *leaves(from: number): AsyncGenerator<StoredLeaf> {
    const columns = { index: sessionLog.index, hash: sessionLog.leafHash }
    for (let next = from; ;) {
      const page = await this.#database.read((queries) =>
        queries
          .select(columns)
          .from(sessionLog)
          .where(gte(sessionLog.index, next))
          .orderBy(asc(sessionLog.index))
          .limit(LEAVES_AT_ONCE),
      )
      yield* page
      if (page.length < LEAVES_AT_ONCE) return
      next = (page.at(-1)?.index ?? next) + 1
    }
  }

  async *entries(from: number): AsyncGenerator<LogEntry> {
    for (let next = from; ;) {
      const page = await this.#database.read((queries) =>
        queries
          .select()
          .from(sessionLog)
          .where(gte(sessionLog.index, next))
          .orderBy(asc(sessionLog.index))
          .limit(ENTRIES_AT_ONCE),
      )
      for (const entry of page) yield { ...entry, sessionId: entry.sessionId ?? undefined }
      if (page.length < ENTRIES_AT_ONCE) return
      next = (page.at(-1)?.index ?? next) + 1
    }
  }

  async putHead(gatewayId: string, size: number, statement: string): Promise<void> {
    await this.#database.change((tx) =>
      tx
        .insert(treeHead)
        .values({ gatewayId, size, statement })
        .onConflictDoUpdate({ target: treeHead.gatewayId, set: { size, statement } }),
    )
  }

  async heads(): Promise<readonly string[]> {
    const rows = await this.#database.read((queries) =>
      queries.select({ statement: treeHead.statement }).from(treeHead).orderBy(asc(treeHead.size)),
    )
    return rows.map(({ statement }) => statement)
  }

  async opening(sessionId: string): Promise<string | undefined> {
    const rows = await this.#database.read((queries) =>
      queries
        .select(logged)
        .from(sessionLog)
        .where(and(eq(sessionLog.sessionId, sessionId), eq(sessionLog.kind, 'opening')))
        .orderBy(asc(sessionLog.index))
        .limit(1),
    )
    return rows[0]?.statement
  }

  async positions(sessionId: string): Promise<readonly ChannelPosition[]> {
    const rows = await this.#database.read((queries) =>
      queries
        .select({
          channel: channel.channel,
          archivedSeq: channel.archivedSeq,
          head: channel.head,
          closedUs: channel.closedUs,
          atUs: sql<string>`(
            select max(${frame.toUs}) from ${frame}
            where ${frame.sessionId} = ${channel.sessionId} and ${frame.channel} = ${channel.channel}
              and ${frame.month} = ${session.month}
          )`,
        })
        .from(channel)
        .innerJoin(session, eq(session.id, channel.sessionId))
        .where(eq(channel.sessionId, sessionId))
        .orderBy(asc(channel.channel)),
    )
    return rows.map(({ archivedSeq, closedUs, atUs, channel: number, head }) => ({
      channel: number,
      events: archivedSeq + 1,
      atUs: Number(atUs),
      head,
      closed: closedUs !== null,
    }))
  }
}
