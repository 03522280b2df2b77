import { z } from 'zod'
import { client, clientList, slug, supportKey, type SupportKeyView } from '#shared/api.ts'
import { clientView } from '../../access/client-view.ts'
import { actorName, pageRight } from '../../access/page-rights.ts'
import { supportKeyView } from '../../access/support-key-view.ts'
import type { SupportKey, SupportKeyMove } from '../../access/support-key.ts'
import { GatewayError } from '../../errors.ts'
import type { ApiParts } from '../api-parts.ts'
import { demandClient } from '../demand.ts'
import { route, type Route } from '../route.ts'

const params = z.object({ slug })

/** Clients and their support keys. */
export function clientRoutes(parts: ApiParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/clients',
      summary: 'The clients one may see, by slug',
      answer: clientList,
      handle: async ({ reader }) => {
        const clients = await parts.stores.clients.list()
        const seen = clients.filter((each) => pageRight(reader, 'see-client', { client: each.slug }) === 'allow')
        return { items: seen.map(clientView) }
      },
    }),
    route({
      method: 'GET',
      path: '/clients/{slug}',
      summary: 'One client',
      params,
      answer: client,
      handle: async ({ reader, params }) =>
        clientView(await demandClient(parts.stores.clients, reader, 'see-client', params.slug)),
    }),
    route({
      method: 'GET',
      path: '/clients/{slug}/key',
      summary: 'The newest support key of a client with the line for authorized_keys',
      params,
      answer: supportKey,
      handle: async ({ reader, params }) => {
        const { id, slug } = await demandClient(parts.stores.clients, reader, 'see-key', params.slug)
        const key = await parts.stores.supportKeys.current(id)
        if (key === undefined) throw new GatewayError('not-found', `no support key was ever issued for ${slug}`)
        return await keyView(parts, key, slug)
      },
    }),
    keyMove(parts, 'pause', 'Pause the support key: live sessions end, no new ones begin'),
    keyMove(parts, 'resume', 'Take a paused support key into use again'),
    keyMove(parts, 'revoke', 'Revoke the support key for good: live sessions end, its private half is destroyed'),
  ]
}

function keyMove(parts: ApiParts, move: SupportKeyMove, summary: string): Route {
  return route({
    method: 'POST',
    path: `/clients/{slug}/key/${move}`,
    summary,
    params,
    answer: supportKey,
    handle: async ({ reader, params }) => {
      const { id, slug } = await demandClient(parts.stores.clients, reader, 'move-key', params.slug)
      const key = await parts.stores.supportKeys.move(id, move, actorName(reader))
      return await keyView(parts, key, slug)
    },
  })
}

async function keyView({ stores, config }: ApiParts, key: SupportKey, clientSlug: string): Promise<SupportKeyView> {
  const allowed = await stores.clients.allowedForwarding(clientSlug)
  return supportKeyView(key, { clientSlug, publicAddress: config.publicAddress, allowed })
}
