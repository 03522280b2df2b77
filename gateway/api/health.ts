import type { FastifyInstance } from 'fastify'
import type { ApiParts } from './api-parts.ts'
import { metricsContentType, metricsText } from './metrics-text.ts'
import { sendProblem } from './problem-document.ts'

/** `/healthz` (alive), `/readyz` (can take sessions) and `/metrics`, for whoever watches the gateway. */
export function serveHealth(api: FastifyInstance, parts: Pick<ApiParts, 'readiness' | 'metrics' | 'version'>): void {
  const headers = { 'cache-control': 'no-store' }
  api.get('/healthz', async (_request, reply) => reply.headers(headers).send({ status: 'alive' }))
  api.get('/readyz', async (_request, reply) => {
    reply.headers(headers)
    const hindrance = await parts.readiness()
    return hindrance === undefined ? reply.send({ status: 'ready' }) : sendProblem(reply, 'not-ready', hindrance)
  })
  api.get('/metrics', async (_request, reply) =>
    reply.headers(headers).type(metricsContentType).send(metricsText(parts.metrics(), parts.version)),
  )
}
