import type { TaskKind, TaskStatus } from '#shared/task.ts'
import { taskNumber } from '#shared/task-text.ts'
import { GatewayError } from '../errors.ts'

/** An agreed piece of work for a client. */
export interface Task {
  readonly id: string
  /** `ACME-17`. */
  readonly number: string
  readonly clientId: string
  readonly clientSlug: string
  /** The number behind the client's name: from 1 on, without gaps. */
  readonly sequence: number
  readonly kind: TaskKind
  readonly title: string
  readonly note: string
  /** Undefined: nobody has said. */
  readonly estimateMinutes: number | undefined
  readonly status: TaskStatus
  readonly raisedAt: Date
  /** Such as `staff:ivan`, `client:acme` or `operator`. */
  readonly raisedBy: string
  readonly closedAt: Date | undefined
  readonly closedBy: string | undefined
  /** When the first session on it began. */
  readonly firstSessionAt: Date | undefined
}

/** What a number says. */
export type TaskName = Pick<Task, 'clientSlug' | 'sequence'>

/** Takes `ACME-17` apart, in capitals or not; undefined when it is no such number. */
export function parseTaskNumber(text: string): TaskName | undefined {
  if (!taskNumber.safeParse(text).success) return undefined
  const dash = text.lastIndexOf('-')
  return { clientSlug: text.slice(0, dash).toLowerCase(), sequence: Number(text.slice(dash + 1)) }
}

/** The way back: `ACME-17`. */
export function formatTaskNumber({ clientSlug, sequence }: TaskName): string {
  return `${clientSlug.toUpperCase()}-${sequence}`
}

/** Milliseconds from raising to the first session on it; undefined while nobody has worked. */
export function reactionMs({
  raisedAt,
  firstSessionAt,
}: Pick<Task, 'raisedAt' | 'firstSessionAt'>): number | undefined {
  if (firstSessionAt === undefined) return undefined
  // A session may be attached that had begun before.
  return Math.max(firstSessionAt.getTime() - raisedAt.getTime(), 0)
}

export type TaskMove = 'close' | 'reopen'

/** The status a move leads to. Throws `conflict` where it has that already. */
export function moveTask(status: TaskStatus, move: TaskMove, number: string): TaskStatus {
  const next = move === 'close' ? 'closed' : 'open'
  if (status === next) throw new GatewayError('conflict', `task ${number} is ${status} already`)
  return next
}

export type NewTask = Pick<Task, 'clientSlug' | 'kind' | 'title' | 'note' | 'estimateMinutes' | 'raisedAt'>

export interface TaskFilter {
  /** A slug. */
  readonly client?: string
  readonly status?: TaskStatus
  /** Newest first; tasks behind this one, by id. */
  readonly after?: string
  readonly limit: number
}

export interface TaskStore {
  /** Throws `not-found` for an unknown client. */
  add(task: NewTask, actor: string): Promise<Task>
  list(filter: TaskFilter): Promise<readonly Task[]>
  byName(name: TaskName): Promise<Task | undefined>
  /** Applies `moveTask` under a row lock. Throws `not-found`. */
  move(name: TaskName, move: TaskMove, actor: string): Promise<Task>
}
