import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { GatewayError } from '../errors.ts'
import type { ApiParts } from './api-parts.ts'
import { entityTag, isKnown } from './entity-tag.ts'
import { isOwnOrigin } from './own-origin.ts'
import { HttpRefusal } from './problem-document.ts'
import type { Route } from './route.ts'
import { readerOf } from './web-session.ts'

/** The longest that a timer takes: 24 days. */
const FOR_EVER_MS = 2 ** 31 - 1

/** Serves one route, in this order: own origin, signed in, input as described, then its handler. */
export function serveRoute(api: FastifyInstance, route: Route, parts: ApiParts): void {
  api.route({
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    ...(route.lasts === true && { handlerTimeout: FOR_EVER_MS }),
    handler: async (request, reply) => {
      if (route.method !== 'GET') demandOwnOrigin(request, parts.config.publicUrl)
      const reader = route.open ? undefined : await readerOf(parts, request)
      if (!route.open && reader === undefined) throw new GatewayError('not-signed-in', 'sign in with a one-time link')
      const params = route.params.safeParse(request.params)
      // A malformed name is the name of nothing.
      if (!params.success) throw new GatewayError('not-found', 'there is nothing at this address')
      const answer = await route.handle({
        reader,
        params: params.data,
        query: parse(route.query, request.query),
        body: route.body && parse(route.body, request.body),
        request,
        reply,
      })
      if (answer === undefined) return reply.code(204).send()
      if (route.mediaType !== undefined) reply.type(`${route.mediaType}; charset=utf-8`)
      if (route.tagged) {
        const tag = entityTag(answer)
        reply.header('etag', tag)
        if (isKnown(tag, request.headers['if-none-match'])) return reply.code(304).send()
      }
      return answer
    },
  })
}

function demandOwnOrigin(request: FastifyRequest, publicUrl: string): void {
  if (isOwnOrigin(request.headers.origin, request.headers.host, publicUrl)) return
  throw new HttpRefusal('foreign-origin', `send the header Origin: ${new URL(publicUrl).origin}`)
}

/** Throws `bad-input` that names each wrong member. */
function parse(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const mistakes = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
  throw new GatewayError('bad-input', mistakes.join('; '))
}
