import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PageReader } from '../access/page-rights.ts'
import { newSecret, secretHash } from '../access/sign-in-secret.ts'
import type { Principal } from '../access/sign-in.ts'
import type { ApiParts } from './api-parts.ts'

const COOKIE = 'gatebook_session'
/** A working day: whoever comes back tomorrow asks for a new link. */
const WEB_SESSION_S = 12 * 60 * 60

/** Who asks, read anew for every request: undefined when signed out, expired or disabled since. */
export async function readerOf(parts: ApiParts, request: FastifyRequest): Promise<PageReader | undefined> {
  const id = request.cookies[COOKIE]
  if (id === undefined) return undefined
  const principal = await parts.stores.signIns.webSession(secretHash(id), parts.clock.now())
  const reader = principal && (await pageReader(parts, principal))
  // Ended, not merely refused: enabling a disabled person again must not bring this cookie back to life.
  if (reader === undefined) await parts.stores.signIns.endWebSession(secretHash(id))
  return reader
}

/** The person behind a principal; undefined when they are disabled. */
export async function pageReader(parts: ApiParts, principal: Principal): Promise<PageReader | undefined> {
  if (principal.kind === 'client-user') {
    const client = await parts.stores.clients.byId(principal.clientId)
    return client && { kind: 'client-user', client: client.slug, role: principal.role }
  }
  const staff = await parts.stores.staff.byId(principal.staffId)
  if (staff === undefined || staff.disabledAt !== undefined) return undefined
  return { kind: 'staff', login: staff.login, name: staff.name, roles: staff.roles }
}

/** Signs the browser in for 12 h; only the hash of the cookie is stored. */
export async function openWebSession(parts: ApiParts, principal: Principal, reply: FastifyReply): Promise<void> {
  const id = newSecret()
  const expiresAt = new Date(parts.clock.now().getTime() + WEB_SESSION_S * 1000)
  await parts.stores.signIns.addWebSession(secretHash(id), principal, expiresAt)
  reply.setCookie(COOKIE, id, { ...cookieOptions(parts), maxAge: WEB_SESSION_S })
}

/** Signs the browser out; without a cookie nothing happens. */
export async function closeWebSession(parts: ApiParts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const id = request.cookies[COOKIE]
  if (id !== undefined) await parts.stores.signIns.endWebSession(secretHash(id))
  reply.clearCookie(COOKIE, cookieOptions(parts))
}

function cookieOptions(parts: ApiParts) {
  return {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: parts.config.publicUrl.startsWith('https:'),
  } as const
}
