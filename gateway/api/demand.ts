import { pageRight, type PageAct, type PageReader, type PageRight } from '../access/page-rights.ts'
import type { Client } from '../access/client.ts'
import { GatewayError } from '../errors.ts'
import type { SessionSummary } from '../session/session.ts'
import type { ApiStores } from './api-parts.ts'

/** The client, if this reader may do that with it. Throws `not-found` or `not-allowed`. */
export async function demandClient(
  clients: ApiStores['clients'],
  reader: PageReader,
  act: PageAct,
  slug: string,
): Promise<Client> {
  const client = await clients.bySlug(slug)
  return demand(client, client && pageRight(reader, act, { client: client.slug }), `client ${slug}`)
}

/** The session, if this reader may do that with it. Throws `not-found` or `not-allowed`. */
export async function demandSession(
  sessions: ApiStores['sessions'],
  reader: PageReader,
  act: PageAct,
  id: string,
): Promise<SessionSummary> {
  const session = await sessions.show(id)
  return demand(session, session && pageRight(reader, act, session), `session ${id}`)
}

/** One answer for what does not exist and for what this reader must not know of. */
export function demand<Thing>(thing: Thing | undefined, right: PageRight | undefined, name: string): Thing {
  if (thing === undefined || right === 'hide') throw new GatewayError('not-found', `there is no ${name}`)
  if (right === 'forbid') throw new GatewayError('not-allowed', `your role does not allow this with ${name}`)
  return thing
}
