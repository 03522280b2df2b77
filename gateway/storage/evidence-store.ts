import { and, asc, eq, gte, notExists, type SQL, sql } from 'drizzle-orm'
import type { SaltBlock } from '../recording/seal/channel-chain.ts'
import type { SealedFrame } from '../recording/seal/sealed-events.ts'
import type {
  ChannelPart,
  ChannelRow,
  EvidenceStore,
  RecordedEvidence,
  SessionRow,
} from '../session/session-evidence.ts'
import type { Database, Queries } from './database.ts'
import { client, staff, target } from './schema-access.ts'
import { channel, eventSalt, frame, keystrokeRun, session, transferredFile } from './schema-recording.ts'
import { statementsOf } from './session-log-store.ts'
import { channelSummary, sessionColumns, sessionSummary } from './session-store.ts'

/** Frames, of 64 KiB or little more, that are read at once. */
const FRAMES_AT_ONCE = 16

/** What sessions are verified from, in PostgreSQL. */
export class PostgresEvidenceStore implements EvidenceStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  evidence(sessionId: string): Promise<RecordedEvidence | undefined> {
    return this.#database.snapshot(async (queries) => {
      const row = await sessionRow(queries, sessionId)
      if (row === undefined) return undefined
      return {
        row,
        ...(await statementsOf(queries, sessionId)),
        channels: await channelRows(queries, sessionId),
        parts: await partsOf(queries, sessionId),
      }
    })
  }

  async *frames(sessionId: string, number: number): AsyncGenerator<SealedFrame> {
    const ofChannel = and(eq(frame.sessionId, sessionId), eq(frame.channel, number))
    for (let from: SQL | undefined; ;) {
      const page = await this.#database.read((queries) =>
        queries
          .select()
          .from(frame)
          .where(and(ofChannel, inMonth(sessionId), from))
          .orderBy(asc(frame.seq))
          .limit(FRAMES_AT_ONCE),
      )
      yield* page
      const last = page.at(-1)
      if (last === undefined || page.length < FRAMES_AT_ONCE) return
      from = gte(frame.seq, last.seq + 1)
    }
  }

  strangers(): Promise<readonly string[]> {
    return this.#database.read(async (queries) => {
      const found = new Set<string>()
      for (const table of [frame, eventSalt, keystrokeRun, transferredFile]) {
        const ofNobody = notExists(queries.select().from(session).where(eq(session.id, table.sessionId)))
        const rows = await queries.selectDistinct({ id: table.sessionId }).from(table).where(ofNobody)
        for (const { id } of rows) found.add(id)
      }
      return [...found]
    })
  }

  salts(sessionId: string, number: number): Promise<readonly SaltBlock[]> {
    return this.#database.read((queries) =>
      queries
        .select({ seq: eventSalt.seq, salts: eventSalt.salts })
        .from(eventSalt)
        .where(and(eq(eventSalt.sessionId, sessionId), eq(eventSalt.channel, number)))
        .orderBy(asc(eventSalt.seq)),
    )
  }
}

/** Without the month PostgreSQL would look into every partition. */
function inMonth(sessionId: string): SQL {
  return sql`${frame.month} = (select ${session.month} from ${session} where ${session.id} = ${sessionId})`
}

async function sessionRow(queries: Queries, id: string): Promise<SessionRow | undefined> {
  const { gatewayId, clientId, targetId, staffId, month } = session
  const rows = await queries
    .select({ ...sessionColumns, gatewayId, clientId, targetId, staffId, month })
    .from(session)
    .innerJoin(client, eq(client.id, session.clientId))
    .innerJoin(target, eq(target.id, session.targetId))
    .innerJoin(staff, eq(staff.id, session.staffId))
    .where(eq(session.id, id))
  const row = rows[0]
  return row && { ...row, ...sessionSummary(row) }
}

async function channelRows(queries: Queries, id: string): Promise<ChannelRow[]> {
  const rows = await queries.select().from(channel).where(eq(channel.sessionId, id)).orderBy(asc(channel.channel))
  return rows.map(channelRow)
}

function channelRow(row: typeof channel.$inferSelect): ChannelRow {
  const { month, archivedSeq, head, command } = row
  return { ...channelSummary(row), month, archivedSeq, head, command: command ?? undefined }
}

async function partsOf(queries: Queries, id: string): Promise<ChannelPart[]> {
  const parts: ChannelPart[] = []
  for (const table of [frame, eventSalt, keystrokeRun, transferredFile]) {
    const { channel: number, month, sessionId } = table
    parts.push(...(await queries.selectDistinct({ channel: number, month }).from(table).where(eq(sessionId, id))))
  }
  return parts
}
