import cookie from '@fastify/cookie'
import fastify, { type FastifyInstance } from 'fastify'
import type { ApiParts } from './api-parts.ts'
import { answerFailure } from './failures.ts'
import { serveHealth } from './health.ts'
import { descriptionRoute } from './openapi.ts'
import { servePages } from './pages.ts'
import { clientRoutes } from './routes/client-routes.ts'
import { contractRoutes } from './routes/contract-routes.ts'
import { liveRoutes } from './routes/live-routes.ts'
import { replayRoutes } from './routes/replay-routes.ts'
import { searchRoutes } from './routes/search-routes.ts'
import { sessionRoutes } from './routes/session-routes.ts'
import { signInRoutes } from './routes/sign-in-routes.ts'
import { auditRoutes } from './routes/audit-routes.ts'
import { statementRoutes } from './routes/statement-routes.ts'
import { taskRoutes } from './routes/task-routes.ts'
import { timeRoutes } from './routes/time-routes.ts'
import { verificationRoutes } from './routes/verification-routes.ts'
import { secureHeaders } from './secure-headers.ts'
import { serveRoute } from './serve-route.ts'
import { ViewNotes } from './view-notes.ts'

/** Everything under `/api/v1`, each route once: served, described and tested from this list. */
export function apiRoutes(parts: ApiParts) {
  const views = new ViewNotes(parts.stores.auditTrail, parts.clock)
  const routes = [
    ...signInRoutes(parts),
    ...clientRoutes(parts),
    ...auditRoutes(parts),
    ...taskRoutes(parts),
    ...sessionRoutes(parts),
    ...searchRoutes(parts, views),
    ...verificationRoutes(parts),
    ...replayRoutes(parts, views),
    ...liveRoutes(parts, views),
    ...timeRoutes(parts),
    ...contractRoutes(parts),
    ...statementRoutes(parts),
  ]
  return [...routes, descriptionRoute(routes, parts.version)]
}

/** The API, the pages and the health checks on one HTTP server that does not listen yet; `close()` ends it. */
export async function createApi(parts: ApiParts): Promise<FastifyInstance> {
  const api = fastify({
    logger: false,
    bodyLimit: 16 * 1024,
    // Milliseconds: a silent connection, receiving a request, making an answer, waiting for the next request.
    connectionTimeout: 120_000,
    requestTimeout: 10_000,
    handlerTimeout: 60_000,
    keepAliveTimeout: 65_000,
    // An address that cannot be read never reaches the hook that sets the headers.
    frameworkErrors: (failure, request, reply) => {
      answerFailure(failure, request, reply.headers(secureHeaders(request.url)), parts.report)
    },
  })
  takeJsonOnly(api)
  api.setErrorHandler((failure, request, reply) => answerFailure(failure, request, reply, parts.report))
  api.addHook('onRequest', async (request, reply) => {
    reply.headers(secureHeaders(request.url))
  })
  await api.register(cookie)
  await api.register(
    async (scope) => {
      for (const route of apiRoutes(parts)) serveRoute(scope, route, parts)
    },
    { prefix: '/api/v1' },
  )
  serveHealth(api, parts)
  servePages(api, parts.pagesDirectory)
  return api
}

/** A form or a plain text is what another site can post without asking (CORS); a JSON body is not. */
function takeJsonOnly(api: FastifyInstance): void {
  const parseJson = api.getDefaultJsonParser('error', 'error')
  api.removeAllContentTypeParsers()
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body === '') return done(null, undefined)
    return parseJson(request, body, done)
  })
}
