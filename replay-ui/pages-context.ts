import { createContext, useContext } from 'solid-js'
import type { PrincipalView } from '#shared/api.ts'
import type { GatebookApi } from './api/gatebook-api.ts'
import type { Navigation } from './navigation/address.ts'

/** What every screen of a signed-in person stands on. */
export interface Pages {
  readonly api: GatebookApi
  readonly navigation: Navigation
  readonly principal: PrincipalView
}

export const PagesContext = createContext<Pages>()

/** Throws outside the signed-in part of the pages. */
export function usePages(): Pages {
  const pages = useContext(PagesContext)
  if (pages === undefined) throw new Error('this screen is shown to signed-in people only')
  return pages
}

/** The one client a client user may see; undefined for staff. */
export function ownClient(principal: PrincipalView): string | undefined {
  return principal.kind === 'client-user' ? principal.client : undefined
}

/** May this person read the audit trail, or of it what concerns their company? */
export function maySeeTrail(principal: PrincipalView): boolean {
  return principal.kind === 'client-user' || principal.roles.some((role) => role === 'admin' || role === 'auditor')
}

/** May this person see what was agreed with a client, and its statements? */
export function maySeeBook(principal: PrincipalView): boolean {
  return principal.kind === 'client-user' || principal.roles.some((role) => role !== 'engineer')
}

/** May this person raise tasks? The API has the last word, here and below. */
export function mayRaiseTasks(principal: PrincipalView): boolean {
  return principal.kind === 'client-user' || principal.roles.some((role) => role === 'admin' || role === 'engineer')
}

/** May this person close tasks, and open them again? */
export function mayCloseTasks(principal: PrincipalView): boolean {
  return principal.kind === 'client-user' ? principal.role === 'owner' : mayRaiseTasks(principal)
}

/** May this person end a session of that staff member? An engineer may end his own. */
export function mayKillSession(principal: PrincipalView, staff: string): boolean {
  if (principal.kind === 'client-user') return false
  const { roles, login } = principal
  return roles.some((role) => role === 'admin' || role === 'auditor' || (role === 'engineer' && login === staff))
}

/** May this person pause, resume and revoke a client's support key? The API has the last word. */
export function mayMoveKeys(principal: PrincipalView): boolean {
  return principal.kind === 'client-user' ? principal.role === 'owner' : principal.roles.includes('admin')
}
