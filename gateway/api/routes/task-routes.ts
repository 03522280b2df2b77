import { z } from 'zod'
import { newTask, task, taskPage, taskQuery } from '#shared/task.ts'
import { taskNumber } from '#shared/task-text.ts'
import { actorName, pageRight, pageScope, type PageAct, type PageReader } from '../../access/page-rights.ts'
import { parseTaskNumber, type Task, type TaskFilter, type TaskMove } from '../../access/task.ts'
import { taskView } from '../../access/task-view.ts'
import { GatewayError } from '../../errors.ts'
import type { ApiParts } from '../api-parts.ts'
import { demand, demandClient } from '../demand.ts'
import { narrow } from '../narrow.ts'
import { route, type Route } from '../route.ts'

const params = z.object({ number: taskNumber })

/** Tasks: raised by staff and client users, closed and opened again. */
export function taskRoutes(parts: ApiParts): readonly Route[] {
  const { clients, tasks } = parts.stores
  return [
    route({
      method: 'GET',
      path: '/tasks',
      summary: 'Tasks, newest first',
      query: taskQuery,
      answer: taskPage,
      handle: async ({ reader, query }) => {
        const asked = narrow(query, pageScope(reader, 'see-task'))
        if (asked === undefined) return { items: [], nextCursor: null }
        // One more than asked for tells whether there is a next page.
        const found = await tasks.list(filterOf(asked, query.limit + 1))
        const items = found.slice(0, query.limit).map(taskView)
        return { items, nextCursor: found.length > query.limit ? (items.at(-1)?.id ?? null) : null }
      },
    }),
    route({
      method: 'POST',
      path: '/tasks',
      summary: 'Raise a task',
      body: newTask,
      answer: task,
      handle: async ({ reader, body }) => {
        const { slug } = await demandClient(clients, reader, 'raise-task', body.client)
        const { kind, title, note, estimateMinutes } = body
        const raisedAt = raisedAtOf(reader, body, parts.clock.now())
        const added = { clientSlug: slug, kind, title, note, estimateMinutes, raisedAt }
        return taskView(await tasks.add(added, actorName(reader)))
      },
    }),
    route({
      method: 'GET',
      path: '/tasks/{number}',
      summary: 'One task',
      params,
      answer: task,
      handle: async ({ reader, params }) => taskView(await demandTask(parts, reader, 'see-task', params.number)),
    }),
    taskMove(parts, 'close', 'Close a task: no session is attached to it by ssh any more'),
    taskMove(parts, 'reopen', 'Open a closed task again'),
  ]
}

function taskMove(parts: ApiParts, move: TaskMove, summary: string): Route {
  return route({
    method: 'POST',
    path: `/tasks/{number}/${move}`,
    summary,
    params,
    answer: task,
    handle: async ({ reader, params }) => {
      const { clientSlug, sequence } = await demandTask(parts, reader, 'close-task', params.number)
      return taskView(await parts.stores.tasks.move({ clientSlug, sequence }, move, actorName(reader)))
    },
  })
}

/** Throws `not-found` or `not-allowed`. */
async function demandTask({ stores }: ApiParts, reader: PageReader, act: PageAct, number: string): Promise<Task> {
  const name = parseTaskNumber(number)
  const found = name && (await stores.tasks.byName(name))
  return demand(found, found && pageRight(reader, act, { client: found.clientSlug }), `task ${number}`)
}

/** The clock of the client's wish for help runs from when they ask; staff may write down a call of an hour ago. */
function raisedAtOf(reader: PageReader, body: z.output<typeof newTask>, now: Date): Date {
  if (reader.kind === 'client-user' && (body.raisedAt ?? body.estimateMinutes) !== undefined) {
    throw new GatewayError('not-allowed', 'raisedAt and estimateMinutes are for staff to say', 'leave them out')
  }
  const raisedAt = body.raisedAt === undefined ? now : new Date(body.raisedAt)
  if (raisedAt > now) throw new GatewayError('bad-input', 'raisedAt: must not be in the future')
  return raisedAt
}

function filterOf({ client, status, cursor }: z.output<typeof taskQuery>, limit: number): TaskFilter {
  return { limit, ...(client && { client }), ...(status && { status }), ...(cursor && { after: cursor }) }
}
