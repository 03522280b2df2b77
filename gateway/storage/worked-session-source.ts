import { and, asc, eq, gte, inArray, lt, sql } from 'drizzle-orm'
import type { WorkedSession, WorkedSessionSource } from '../billing/worked-session.ts'
import type { Database, Queries } from './database.ts'
import { client, staff, target } from './schema-access.ts'
import { channel, keystrokeRun, session } from './schema-recording.ts'

type Filter = Parameters<WorkedSessionSource['workedSessions']>[0]

/** What the minutes are computed from, read from the record in PostgreSQL. */
export class PostgresWorkedSessionSource implements WorkedSessionSource {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  workedSessions(filter: Filter): Promise<readonly WorkedSession[]> {
    // One snapshot, so that marks and lengths of live sessions agree.
    return this.#database.snapshot(async (queries) => {
      const sessions = await sessionsWithin(queries, filter)
      const marks = await marksOf(queries, sessions)
      return sessions.map((row) => workedSession(row, marks.get(row.id) ?? []))
    })
  }
}

type SessionRow = Awaited<ReturnType<typeof sessionsWithin>>[number]

function sessionsWithin(queries: Queries, { from, to, client: slug, staff: login }: Filter) {
  return queries
    .select({
      id: session.id,
      month: session.month,
      client: client.slug,
      zone: client.zone,
      staff: staff.login,
      target: target.name,
      task: session.task,
      startedAt: session.startedAt,
      lengthUs: session.lengthUs,
      state: session.state,
      endedAt: session.endedAt,
    })
    .from(session)
    .innerJoin(client, eq(client.id, session.clientId))
    .innerJoin(staff, eq(staff.id, session.staffId))
    .innerJoin(target, eq(target.id, session.targetId))
    .where(
      and(
        lt(session.startedAt, to),
        gte(sql`${session.startedAt} + ${session.lengthUs} * interval '1 microsecond'`, from),
        slug === undefined ? undefined : eq(client.slug, slug),
        login === undefined ? undefined : eq(staff.login, login),
      ),
    )
    .orderBy(asc(session.startedAt), asc(session.id))
}

function workedSession(row: SessionRow, marks: readonly number[]): WorkedSession {
  const { id, client: slug, zone, staff: login, target: targetName, task, startedAt, lengthUs, state, endedAt } = row
  return {
    id,
    client: slug,
    zone,
    staff: login,
    target: `${targetName}.${slug}`,
    task: task ?? undefined,
    startedAt,
    lengthMs: Math.trunc(lengthUs / 1000),
    live: state === 'live',
    // An interrupted session has no wall clock of its own at the end: its end is its last event.
    endedAt: state === 'ended' && endedAt !== null ? endedAt : undefined,
    marksMs: marks.toSorted((one, other) => one - other),
  }
}

/** Milliseconds of every keystroke, and of every channel that runs a command or a subsystem. */
async function marksOf(queries: Queries, sessions: readonly SessionRow[]): Promise<ReadonlyMap<string, number[]>> {
  const marks = new Map<string, number[]>(sessions.map(({ id }) => [id, []]))
  if (sessions.length === 0) return marks
  // One parameter, however many sessions.
  const ofThese = sql`any(${sql.param(sessions.map(({ id }) => id))}::uuid[])`
  const months = [...new Set(sessions.map(({ month }) => month))]
  const commands = await queries
    .select({ sessionId: channel.sessionId, openedUs: channel.openedUs })
    .from(channel)
    .where(and(eq(channel.sessionId, ofThese), inArray(channel.kind, ['exec', 'subsystem'])))
  for (const { sessionId, openedUs } of commands) marks.get(sessionId)?.push(Math.trunc(openedUs / 1000))
  const runs = await queries
    .select({ sessionId: keystrokeRun.sessionId, fromUs: keystrokeRun.fromUs, deltasUs: keystrokeRun.deltasUs })
    .from(keystrokeRun)
    .where(and(inArray(keystrokeRun.month, months), eq(keystrokeRun.sessionId, ofThese)))
  for (const { sessionId, fromUs, deltasUs } of runs) {
    const ofSession = marks.get(sessionId)
    let atUs = fromUs
    for (const delta of deltasUs) {
      atUs += delta
      ofSession?.push(Math.trunc(atUs / 1000))
    }
  }
  return marks
}
