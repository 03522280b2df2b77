import type { StaffRole } from './staff.ts'

/** Who reads the pages or calls the API, with what a decision needs to know. */
export type PageReader =
  | { readonly kind: 'staff'; readonly login: string; readonly name: string; readonly roles: readonly StaffRole[] }
  | { readonly kind: 'client-user'; readonly client: string; readonly role: 'owner' | 'viewer' }

/**
 * `see-session` is the list, the facts and the minutes; `see-content` is what was typed and shown. `close-task` opens
 * it again as well. The book is what was agreed with a client, and its statements.
 */
export type PageAct =
  | 'see-client'
  | 'see-key'
  | 'move-key'
  | 'see-session'
  | 'see-content'
  | 'kill-session'
  | 'see-task'
  | 'raise-task'
  | 'close-task'
  | 'see-book'
  | 'keep-book'
  | 'see-trail'

/** What an act is about: a client's thing, and for a session whose work it was (a staff login). */
export interface PageThing {
  readonly client: string
  readonly staff?: string
}

/** `forbid`: it may be seen, the act is not allowed. `hide`: answer as if it did not exist. */
export type PageRight = 'allow' | 'forbid' | 'hide'

/** `own` is a staff member's own work, and to a client user everything of their client. */
type Reach = 'none' | 'own' | 'all'

const rights: Record<PageAct, Record<StaffRole | 'owner' | 'viewer', Reach>> = {
  'see-client': { admin: 'all', auditor: 'all', engineer: 'all', billing: 'all', owner: 'own', viewer: 'own' },
  'see-key': { admin: 'all', auditor: 'all', engineer: 'all', billing: 'none', owner: 'own', viewer: 'own' },
  'move-key': { admin: 'all', auditor: 'none', engineer: 'none', billing: 'none', owner: 'own', viewer: 'none' },
  'see-session': { admin: 'all', auditor: 'all', engineer: 'own', billing: 'all', owner: 'own', viewer: 'own' },
  'see-content': { admin: 'all', auditor: 'all', engineer: 'own', billing: 'none', owner: 'own', viewer: 'own' },
  'kill-session': { admin: 'all', auditor: 'all', engineer: 'own', billing: 'none', owner: 'none', viewer: 'none' },
  'see-task': { admin: 'all', auditor: 'all', engineer: 'all', billing: 'all', owner: 'own', viewer: 'own' },
  'raise-task': { admin: 'all', auditor: 'none', engineer: 'all', billing: 'none', owner: 'own', viewer: 'own' },
  'close-task': { admin: 'all', auditor: 'none', engineer: 'all', billing: 'none', owner: 'own', viewer: 'none' },
  'see-book': { admin: 'all', auditor: 'all', engineer: 'none', billing: 'all', owner: 'own', viewer: 'own' },
  'keep-book': { admin: 'all', auditor: 'none', engineer: 'none', billing: 'all', owner: 'none', viewer: 'none' },
  'see-trail': { admin: 'all', auditor: 'all', engineer: 'none', billing: 'none', owner: 'own', viewer: 'own' },
}

/** The act that shows there is such a thing at all. */
const sight: Record<PageAct, PageAct> = {
  'see-client': 'see-client',
  'see-key': 'see-client',
  'move-key': 'see-client',
  'see-session': 'see-session',
  'see-content': 'see-session',
  'kill-session': 'see-session',
  'see-task': 'see-task',
  'raise-task': 'see-client',
  'close-task': 'see-task',
  'see-book': 'see-client',
  'keep-book': 'see-client',
  'see-trail': 'see-client',
}

/** May this reader do this with that thing? The one decision of the pages and the API. */
export function pageRight(reader: PageReader, act: PageAct, thing: PageThing): PageRight {
  if (may(reader, act, thing)) return 'allow'
  return may(reader, sight[act], thing) ? 'forbid' : 'hide'
}

/** As the audit trail and `changedBy` name who did it. */
export function actorName(reader: PageReader): string {
  return reader.kind === 'staff' ? `staff:${reader.login}` : `client:${reader.client}`
}

/** What a list is narrowed to before anything is read: an empty scope is everything, undefined is nothing. */
export function pageScope(
  reader: PageReader,
  act: PageAct,
): { readonly client?: string; readonly staff?: string } | undefined {
  const reaches = reachesOf(reader, act)
  if (reaches.includes('all')) return {}
  if (!reaches.includes('own')) return undefined
  return reader.kind === 'staff' ? { staff: reader.login } : { client: reader.client }
}

function may(reader: PageReader, act: PageAct, thing: PageThing): boolean {
  const scope = pageScope(reader, act)
  if (scope === undefined) return false
  if (scope.client !== undefined && scope.client !== thing.client) return false
  return scope.staff === undefined || scope.staff === thing.staff
}

function reachesOf(reader: PageReader, act: PageAct): readonly Reach[] {
  const roles = reader.kind === 'staff' ? reader.roles : [reader.role]
  return roles.map((role) => rights[act][role])
}
