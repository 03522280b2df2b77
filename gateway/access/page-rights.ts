import type { StaffRole } from './staff.ts'

/** Who reads the pages or calls the API, with what a decision needs to know. */
export type PageReader =
  | { readonly kind: 'staff'; readonly login: string; readonly name: string; readonly roles: readonly StaffRole[] }
  | { readonly kind: 'client-user'; readonly client: string; readonly role: 'owner' | 'viewer' }

/** `see-session` is the list, the facts and the minutes; `see-content` is what was typed and shown. */
export type PageAct = 'see-client' | 'see-key' | 'move-key' | 'see-session' | 'see-content'

/** What an act is about: a client's thing, and for a session whose work it was (a staff login). */
export interface PageThing {
  readonly client: string
  readonly staff?: string
}

/** `forbid`: it may be seen, the act is not allowed. `hide`: answer as if it did not exist. */
export type PageRight = 'allow' | 'forbid' | 'hide'

/** `own` is a staff member's own work, and to a client user everything of their client. */
type Reach = 'none' | 'own' | 'all'

const rights: Record<StaffRole | 'owner' | 'viewer', Record<PageAct, Reach>> = {
  admin: { 'see-client': 'all', 'see-key': 'all', 'move-key': 'all', 'see-session': 'all', 'see-content': 'all' },
  auditor: { 'see-client': 'all', 'see-key': 'all', 'move-key': 'none', 'see-session': 'all', 'see-content': 'all' },
  engineer: { 'see-client': 'all', 'see-key': 'all', 'move-key': 'none', 'see-session': 'own', 'see-content': 'own' },
  billing: { 'see-client': 'all', 'see-key': 'none', 'move-key': 'none', 'see-session': 'all', 'see-content': 'none' },
  owner: { 'see-client': 'own', 'see-key': 'own', 'move-key': 'own', 'see-session': 'own', 'see-content': 'own' },
  viewer: { 'see-client': 'own', 'see-key': 'own', 'move-key': 'none', 'see-session': 'own', 'see-content': 'own' },
}

/** The act that shows there is such a thing at all. */
const sight: Record<PageAct, PageAct> = {
  'see-client': 'see-client',
  'see-key': 'see-client',
  'move-key': 'see-client',
  'see-session': 'see-session',
  'see-content': 'see-session',
}

/** May this reader do this with that thing? The one decision of the pages and the API. */
export function pageRight(reader: PageReader, act: PageAct, thing: PageThing): PageRight {
  if (may(reader, act, thing)) return 'allow'
  return may(reader, sight[act], thing) ? 'forbid' : 'hide'
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
  return roles.map((role) => rights[role][act])
}
