import { and, asc, between, desc, eq, gte, isNotNull, lt, max, not, type SQL, sql } from 'drizzle-orm'
import type { Purpose } from '../access/purpose.ts'
import { GatewayError } from '../errors.ts'
import { GATEWAY_LOST } from '../session/gateway-lease.ts'
import type {
  ChannelSummary,
  SessionFilter,
  SessionOpening,
  SessionState,
  SessionStore,
  SessionSummary,
} from '../session/session.ts'
import { ACCESS_CHANGED } from './access-source.ts'
import { audit } from './audit-trail.ts'
import type { Database, Queries } from './database.ts'
import { found, isUuid } from './found.ts'
import { idRange } from './id-range.ts'
import { isLost } from './lease-store.ts'
import { monthOf } from './month.ts'
import { client, staff, target } from './schema-access.ts'
import { channel, session } from './schema-recording.ts'
import { appendToLog } from './session-log-store.ts'

/** What a session shows of itself, joined with `client`, `target` and `staff`. */
export const sessionColumns = {
  id: session.id,
  client: client.slug,
  target: sql<string>`${target.name} || '.' || ${client.slug}`,
  login: session.login,
  staff: staff.login,
  task: session.task,
  reason: session.reason,
  sourceAddress: session.sourceAddress,
  startedAt: session.startedAt,
  endedAt: session.endedAt,
  state: session.state,
  endReason: session.endReason,
  lengthUs: session.lengthUs,
  channels: session.channels,
  keystrokes: session.keystrokes,
  bytesIn: session.bytesIn,
  bytesOut: session.bytesOut,
  exitStatus: session.exitStatus,
  exitSignal: session.exitSignal,
}

/** What people are shown: a session that was lost with its gateway does not live, though nobody has closed it yet. */
const shownColumns = {
  ...sessionColumns,
  state: sql<SessionState>`case when ${isLost()} then 'interrupted' else ${session.state} end`,
  endedAt:
    sql`case when ${isLost()} then ${session.startedAt} + ${session.lengthUs} * interval '1 microsecond' else ${session.endedAt} end`.mapWith(
      session.endedAt,
    ),
  endReason: sql<string | null>`case when ${isLost()} then ${GATEWAY_LOST} else ${session.endReason} end`,
}

/** Sessions in PostgreSQL. Their counters and their end come with the record (record-store.ts). */
export class PostgresSessionStore implements SessionStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async open(opening: SessionOpening, statement: string): Promise<void> {
    await this.#database.change(async (tx) => {
      await tx.insert(session).values({ ...opening, month: monthOf(opening.startedAt), state: 'live' })
      await appendToLog(tx, { kind: 'opening', sessionId: opening.id, statement })
    })
  }

  async setPurpose(id: string, { task, reason }: Purpose): Promise<void> {
    await this.#database.change(async (tx) => {
      const changed = tx.update(session).set({ id, task, reason }).where(eq(session.id, id))
      found(await changed.returning({ id: session.id }), `session ${id}`)
    })
  }

  async amendPurpose(id: string, { task, reason }: Purpose, actor: string): Promise<void> {
    await this.#database.change(async (tx) => {
      const old = tx.select({ task: session.task, reason: session.reason }).from(session).where(eq(session.id, id))
      const before = found(await old.for('update'), `session ${id}`)
      await tx.update(session).set({ id, task, reason }).where(eq(session.id, id))
      await audit(tx, {
        actor,
        action: 'session.set',
        subject: `session:${id}`,
        client: await clientOf(tx, id),
        detail: { task, reason, before },
      })
    })
  }

  async askEnd(id: string, why: string, actor: string): Promise<void> {
    await this.#database.change(async (tx) => {
      const rows = await tx.select({ state: shownColumns.state }).from(session).where(eq(session.id, id)).for('update')
      const { state } = found(rows, `session ${id}`)
      if (state !== 'live')
        throw new GatewayError('conflict', `session ${id} is over`, 'see: gatebook session list --live')
      await tx.update(session).set({ endAsked: why }).where(eq(session.id, id))
      await audit(tx, {
        actor,
        action: 'session.kill',
        subject: `session:${id}`,
        client: await clientOf(tx, id),
        detail: { why },
      })
      await tx.execute(sql`select pg_notify(${ACCESS_CHANGED}, '')`)
    })
  }

  async endsAsked(gatewayId: string): Promise<ReadonlyMap<string, string>> {
    const { id, endAsked: why, state } = session
    const asked = and(eq(session.gatewayId, gatewayId), eq(state, 'live'), isNotNull(why))
    const rows = await this.#database.lookUp((queries) => queries.select({ id, why }).from(session).where(asked))
    return new Map(rows.map((row) => [row.id, row.why ?? '']))
  }

  async noteWatcher(id: string, actor: string): Promise<void> {
    await this.#database.change(async (tx) => {
      const isNew = sql`not (${actor} = any(${session.watchedBy}))`
      const watched = tx.update(session).set({ watchedBy: sql`array_append(${session.watchedBy}, ${actor})` })
      await watched.where(and(eq(session.id, id), eq(session.state, 'live'), isNew))
      await tx.execute(sql`select pg_notify(${ACCESS_CHANGED}, '')`)
    })
  }

  async watchers(gatewayId: string): Promise<ReadonlyMap<string, readonly string[]>> {
    const { id, watchedBy: by, state } = session
    const watched = and(eq(session.gatewayId, gatewayId), eq(state, 'live'), sql`${by} <> '{}'`)
    const rows = await this.#database.lookUp((queries) => queries.select({ id, by }).from(session).where(watched))
    return new Map(rows.map((row) => [row.id, row.by]))
  }

  list(filter: SessionFilter): Promise<readonly SessionSummary[]> {
    return this.#select(and(...conditions(filter)), filter.limit)
  }

  async show(id: string): Promise<SessionSummary | undefined> {
    return isUuid(id) ? (await this.#select(eq(session.id, id), 1))[0] : undefined
  }

  async withIdBeginning(beginning: string, limit: number): Promise<readonly SessionSummary[]> {
    const range = idRange(beginning)
    return range === undefined ? [] : this.#select(between(session.id, range.first, range.last), limit)
  }

  async channels(id: string): Promise<readonly ChannelSummary[]> {
    if (!isUuid(id)) return []
    const rows = await this.#database.read((queries) =>
      queries.select().from(channel).where(eq(channel.sessionId, id)).orderBy(asc(channel.channel)),
    )
    return rows.map(channelSummary)
  }

  async lastByTarget(staffId: string): Promise<ReadonlyMap<string, Date>> {
    const { targetId, startedAt } = session
    const rows = await this.#database.read((queries) =>
      queries
        .select({ targetId, last: max(startedAt) })
        .from(session)
        .where(eq(session.staffId, staffId))
        .groupBy(targetId),
    )
    return new Map(rows.flatMap(({ targetId: id, last }) => (last === null ? [] : [[id, last]])))
  }

  async leftLive(gatewayId: string): Promise<readonly string[]> {
    const live = and(eq(session.gatewayId, gatewayId), eq(session.state, 'live'))
    const rows = await this.#database.read((queries) => queries.select({ id: session.id }).from(session).where(live))
    return rows.map(({ id }) => id)
  }

  async #select(condition: SQL | undefined, limit: number): Promise<readonly SessionSummary[]> {
    const rows = await this.#database.read((queries) =>
      queries
        .select(shownColumns)
        .from(session)
        .innerJoin(client, eq(client.id, session.clientId))
        .innerJoin(target, eq(target.id, session.targetId))
        .innerJoin(staff, eq(staff.id, session.staffId))
        .where(condition)
        .orderBy(desc(session.startedAt), desc(session.id))
        .limit(limit),
    )
    return rows.map(sessionSummary)
  }
}

function conditions(filter: SessionFilter): (SQL | undefined)[] {
  const { client: slug, staff: login, target: fullName, task, from, to, liveOnly, after } = filter
  return [
    slug === undefined ? undefined : eq(client.slug, slug),
    login === undefined ? undefined : eq(staff.login, login),
    fullName === undefined ? undefined : eq(sessionColumns.target, fullName),
    task === undefined ? undefined : eq(session.task, task),
    from === undefined ? undefined : gte(session.startedAt, from),
    to === undefined ? undefined : lt(session.startedAt, to),
    liveOnly === true ? and(eq(session.state, 'live'), not(isLost())) : undefined,
    after === undefined ? undefined : startedBefore(after),
  ]
}

/** Two sessions can start in the same millisecond: the id decides. */
function startedBefore(id: string): SQL {
  if (!isUuid(id)) return sql`false`
  return sql`(${session.startedAt}, ${session.id}) < (
    select other.started_at, other.id from ${session} other where other.id = ${id}
  )`
}

export type Nullable<Row> = { [Key in keyof Row]: undefined extends Row[Key] ? Row[Key] | null : Row[Key] }

export function sessionSummary(row: Nullable<SessionSummary>): SessionSummary {
  return {
    ...row,
    task: row.task ?? undefined,
    reason: row.reason ?? undefined,
    endedAt: row.endedAt ?? undefined,
    endReason: row.endReason ?? undefined,
    exitStatus: row.exitStatus ?? undefined,
    exitSignal: row.exitSignal ?? undefined,
  }
}

export function channelSummary(row: typeof channel.$inferSelect): ChannelSummary {
  const { terminalType: type, terminalColumns, terminalRows: rows } = row
  return {
    channel: row.channel,
    kind: row.kind ?? undefined,
    command: row.command?.toString(),
    terminal:
      type === null || terminalColumns === null || rows === null ? undefined : { type, columns: terminalColumns, rows },
    openedUs: row.openedUs,
    closedUs: row.closedUs ?? undefined,
    exitStatus: row.exitStatus ?? undefined,
    exitSignal: row.exitSignal ?? undefined,
    keystrokes: row.keystrokes,
    bytesIn: row.bytesIn,
    bytesOut: row.bytesOut,
    bytesErr: row.bytesErr,
  }
}

async function clientOf(queries: Queries, id: string): Promise<string> {
  const owners = queries.select({ slug: client.slug }).from(session).innerJoin(client, eq(client.id, session.clientId))
  return found(await owners.where(eq(session.id, id)), `session ${id}`).slug
}
