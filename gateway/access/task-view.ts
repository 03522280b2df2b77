import type { TaskView } from '#shared/task.ts'
import { reactionMs, type Task } from './task.ts'

/** A task as the API and `--json` show it. */
export function taskView(task: Task): TaskView {
  return {
    id: task.id,
    number: task.number,
    client: task.clientSlug,
    kind: task.kind,
    title: task.title,
    note: task.note,
    status: task.status,
    estimateMinutes: task.estimateMinutes ?? null,
    raisedAt: task.raisedAt.toISOString(),
    raisedBy: task.raisedBy,
    closedAt: task.closedAt?.toISOString() ?? null,
    closedBy: task.closedBy ?? null,
    firstSessionAt: task.firstSessionAt?.toISOString() ?? null,
    reactionMs: reactionMs(task) ?? null,
  }
}
