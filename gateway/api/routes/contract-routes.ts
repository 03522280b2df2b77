import { z } from 'zod'
import { slug } from '#shared/api.ts'
import { contract, contractList, newContract } from '#shared/contract.ts'
import { actorName } from '../../access/page-rights.ts'
import { contractView } from '../../billing/contract-view.ts'
import type { ApiParts } from '../api-parts.ts'
import { demandClient } from '../demand.ts'
import { route, type Route } from '../route.ts'

const params = z.object({ slug })

/** What was agreed with a client, by date. */
export function contractRoutes({ stores: { clients, contracts } }: ApiParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/clients/{slug}/contract',
      summary: 'What was agreed with a client, by the date it holds from, oldest first',
      params,
      answer: contractList,
      handle: async ({ reader, params }) => {
        const client = await demandClient(clients, reader, 'see-book', params.slug)
        return { items: (await contracts.list(client.slug)).map(contractView) }
      },
    }),
    route({
      method: 'PUT',
      path: '/clients/{slug}/contract',
      summary: 'Agree on terms from a date on; closed months never change',
      params,
      body: newContract,
      answer: contract,
      handle: async ({ reader, params, body }) => {
        const client = await demandClient(clients, reader, 'keep-book', params.slug)
        return contractView(await contracts.enter(client.slug, body, actorName(reader)))
      },
    }),
  ]
}
