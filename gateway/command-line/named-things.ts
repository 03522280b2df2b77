import type { Client } from '../access/client.ts'
import { type FullTargetName, fullTargetName } from '../access/names.ts'
import type { Staff } from '../access/staff.ts'
import { formatTaskNumber, type Task, type TaskName } from '../access/task.ts'
import type { Target } from '../access/target.ts'
import type { SessionSummary } from '../session/session.ts'
import { GatewayError } from '../errors.ts'
import { nearestName } from '../nearest-name.ts'
import type { OpenStores } from './program-parts.ts'

/** Ids of sessions begin with their time: of 8 characters all change once in 65 s. */
const SESSION_ID_BEGINNING_MIN = 8

// Each throws `not-found` and names what comes nearest to what was typed.

export async function findClient(stores: OpenStores, slug: string): Promise<Client> {
  const client = await stores.clients.bySlug(slug)
  if (client !== undefined) return client
  const known = (await stores.clients.list()).map((each) => each.slug)
  throw notFound('client', slug, known, 'gatebook client list')
}

export async function findStaff(stores: OpenStores, login: string): Promise<Staff> {
  const staff = await stores.staff.byLogin(login)
  if (staff !== undefined) return staff
  const known = (await stores.staff.list()).map((each) => each.login)
  throw notFound('staff member', login, known, 'gatebook staff list')
}

export async function findTarget(stores: OpenStores, name: FullTargetName): Promise<Target> {
  const target = await stores.targets.byName(name.name, name.clientSlug)
  if (target !== undefined) return target
  const known = (await stores.targets.list()).map(fullTargetName)
  throw notFound('target', fullTargetName(name), known, 'gatebook target list')
}

export async function findTask(stores: OpenStores, name: TaskName): Promise<Task> {
  const task = await stores.tasks.byName(name)
  if (task !== undefined) return task
  const hint = `see: gatebook task list --client ${name.clientSlug}`
  throw new GatewayError('not-found', `there is no task ${formatTaskNumber(name)}`, hint)
}

/** By the whole id, or as much of its beginning as no other session has. */
export async function findSession(stores: OpenStores, id: string): Promise<SessionSummary> {
  const list = 'copy the id from: gatebook session list'
  if (id.length < SESSION_ID_BEGINNING_MIN && /^[0-9a-f-]+$/i.test(id)) {
    const least = `${SESSION_ID_BEGINNING_MIN} characters or more of an id are needed; ${list}`
    throw new GatewayError('not-found', `there is no session ${id}`, least)
  }
  const found = await stores.sessions.withIdBeginning(id, 2)
  const [session, other] = found
  if (session === undefined) throw new GatewayError('not-found', `there is no session ${id}`, list)
  if (other === undefined) return session
  throw new GatewayError(
    'bad-input',
    `the ids of several sessions begin with ${id}, such as ${session.id} and ${other.id}`,
    'give more of it',
  )
}

function notFound(kind: string, name: string, known: readonly string[], list: string): GatewayError {
  const nearest = nearestName(name, known)
  const hint = nearest === undefined ? `see: ${list}` : `did you mean ${nearest}? see: ${list}`
  return new GatewayError('not-found', `there is no ${kind} ${name}`, hint)
}
