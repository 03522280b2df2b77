import type { Client } from '../access/client.ts'
import { type FullTargetName, fullTargetName } from '../access/names.ts'
import type { Staff } from '../access/staff.ts'
import type { Target } from '../access/target.ts'
import type { SessionSummary } from '../session/session.ts'
import { GatewayError } from '../errors.ts'
import { nearestName } from '../nearest-name.ts'
import type { OpenStores } from './program-parts.ts'

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

export async function findSession(stores: OpenStores, id: string): Promise<SessionSummary> {
  // PostgreSQL would refuse to compare a uuid with any other text.
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)
  const session = isId ? await stores.sessions.show(id) : undefined
  if (session !== undefined) return session
  throw new GatewayError('not-found', `there is no session ${id}`, 'copy the id from: gatebook session list')
}

function notFound(kind: string, name: string, known: readonly string[], list: string): GatewayError {
  const nearest = nearestName(name, known)
  const hint = nearest === undefined ? `see: ${list}` : `did you mean ${nearest}? see: ${list}`
  return new GatewayError('not-found', `there is no ${kind} ${name}`, hint)
}
