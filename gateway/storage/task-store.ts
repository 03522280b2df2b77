import { and, desc, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import {
  formatTaskNumber,
  moveTask,
  type NewTask,
  type Task,
  type TaskFilter,
  type TaskMove,
  type TaskName,
  type TaskStore,
} from '../access/task.ts'
import { audit } from './audit-trail.ts'
import type { Database, Queries } from './database.ts'
import { found, isUuid } from './found.ts'
import { client } from './schema-access.ts'
import { session } from './schema-recording.ts'
import { task } from './schema-task.ts'

/** Tasks in PostgreSQL. They are never removed, so the next number is the greatest and one. */
export class PostgresTaskStore implements TaskStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  add({ clientSlug, ...about }: NewTask, actor: string): Promise<Task> {
    return this.#database.change(async (tx) => {
      // The lock on the client makes two at once follow one another; sessions that begin do not wait for it.
      const owners = tx.select({ id: client.id }).from(client).where(eq(client.slug, clientSlug))
      const { id: clientId } = found(await owners.for('no key update'), `client ${clientSlug}`)
      const next = sql`(select coalesce(max(${task.sequence}), 0) + 1 from ${task} where ${task.clientId} = ${clientId})`
      const added = tx.insert(task).values({ ...about, clientId, sequence: next, raisedBy: actor })
      const { id } = found(await added.returning({ id: task.id }), 'new task')
      const row = found(await select(tx, eq(task.id, id), 1), 'new task')
      const { kind, title, estimateMinutes, raisedAt } = about
      const detail = { kind, title, estimateMinutes, raisedAt }
      await audit(tx, { actor, action: 'task.add', subject: subjectOf(row), client: clientSlug, detail })
      return row
    })
  }

  list({ client: slug, status, after, limit }: TaskFilter): Promise<readonly Task[]> {
    const condition = and(
      slug === undefined ? undefined : eq(client.slug, slug),
      status === undefined ? undefined : (status === 'open' ? isNull : isNotNull)(task.closedAt),
      after === undefined ? undefined : raisedBefore(after),
    )
    return this.#database.read((queries) => select(queries, condition, limit))
  }

  async byName(name: TaskName): Promise<Task | undefined> {
    return (await this.#database.read((queries) => select(queries, named(name), 1)))[0]
  }

  move(name: TaskName, move: TaskMove, actor: string): Promise<Task> {
    const what = `task ${formatTaskNumber(name)}`
    return this.#database.change(async (tx) => {
      const { id } = found(await select(tx, named(name), 1), what)
      const before = await tx.select({ closedAt: task.closedAt }).from(task).where(eq(task.id, id)).for('update')
      const status = found(before, what).closedAt === null ? 'open' : 'closed'
      const isClosed = moveTask(status, move, formatTaskNumber(name)) === 'closed'
      await tx
        .update(task)
        .set(isClosed ? { closedAt: sql`now()`, closedBy: actor } : { closedAt: null, closedBy: null })
        .where(eq(task.id, id))
      const moved = found(await select(tx, eq(task.id, id), 1), what)
      await audit(tx, { actor, action: `task.${move}`, subject: subjectOf(moved), client: moved.clientSlug })
      return moved
    })
  }
}

/** Uses the index session_task. */
const firstSessionAt = sql<Date | null>`(
  select min(${session.startedAt}) from ${session}
  where ${session.task} = upper(${client.slug}) || '-' || ${task.sequence} and ${session.clientId} = ${task.clientId}
)`.mapWith(session.startedAt)

async function select(queries: Queries, condition: SQL | undefined, limit: number): Promise<readonly Task[]> {
  const rows = await queries
    .select({ task, clientSlug: client.slug, firstSessionAt })
    .from(task)
    .innerJoin(client, eq(client.id, task.clientId))
    .where(condition)
    .orderBy(desc(task.raisedAt), desc(task.id))
    .limit(limit)
  return rows.map(taskOf)
}

function taskOf(row: { task: typeof task.$inferSelect; clientSlug: string; firstSessionAt: Date | null }): Task {
  const { createdAt: _, ...columns } = row.task
  const { clientSlug } = row
  return {
    ...columns,
    clientSlug,
    number: formatTaskNumber({ clientSlug, sequence: columns.sequence }),
    status: columns.closedAt === null ? 'open' : 'closed',
    estimateMinutes: columns.estimateMinutes ?? undefined,
    closedAt: columns.closedAt ?? undefined,
    closedBy: columns.closedBy ?? undefined,
    firstSessionAt: row.firstSessionAt ?? undefined,
  }
}

function named({ clientSlug, sequence }: TaskName): SQL | undefined {
  return and(eq(client.slug, clientSlug), eq(task.sequence, sequence))
}

/** Two tasks can be raised in the same millisecond: the id decides. */
function raisedBefore(id: string): SQL {
  if (!isUuid(id)) return sql`false`
  return sql`(${task.raisedAt}, ${task.id}) < (select other.raised_at, other.id from ${task} other where other.id = ${id})`
}

function subjectOf({ number }: Task): string {
  return `task:${number}`
}
