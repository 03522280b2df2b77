import { z } from 'zod'
import { instant, page, slug } from './api.ts'
import { taskEstimate, taskKind, taskNote, taskTitle } from './task-text.ts'

/** GET /api/v1/tasks/{number}; `gatebook task show --json`. */
export const task = z.object({
  id: z.string(),
  /** `ACME-17`: counts from 1 for each client. */
  number: z.string(),
  client: z.string(),
  kind: taskKind,
  title: z.string(),
  note: z.string(),
  status: z.enum(['open', 'closed']),
  /** Minutes; null: nobody has said. */
  estimateMinutes: z.number().int().nullable(),
  raisedAt: instant,
  /** Such as `staff:ivan`, `client:acme` or `operator`. */
  raisedBy: z.string(),
  closedAt: instant.nullable(),
  closedBy: z.string().nullable(),
  /** When the first session on it began. */
  firstSessionAt: instant.nullable(),
  /** From raised to that; 0 where work was under way already. */
  reactionMs: z.number().int().nullable(),
})
export type TaskView = z.infer<typeof task>
export type TaskKind = TaskView['kind']
export type TaskStatus = TaskView['status']

/** GET /api/v1/tasks?client&status&cursor&limit, newest first. */
export const taskQuery = z.object({
  client: slug.optional(),
  status: z.enum(['open', 'closed']).optional(),
  /** `nextCursor` of the page before. */
  cursor: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export const taskPage = page(task)
export type TaskPage = z.infer<typeof taskPage>

/** POST /api/v1/tasks, answered with the task. What it will take and when it was raised is for staff to say. */
export const newTask = z.object({
  client: slug,
  title: taskTitle,
  kind: taskKind.default('request'),
  note: taskNote.default(''),
  estimateMinutes: taskEstimate.optional(),
  /** Not in the future; now where it is left out. */
  raisedAt: z.iso.datetime({ offset: true }).optional(),
})
export type NewTaskBody = z.input<typeof newTask>
