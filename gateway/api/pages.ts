import send from '@fastify/send'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sendProblem } from './problem-document.ts'

/**
 * The built pages. Every address that is no file is a screen of the single page and gets `index.html`; the API
 * and the hashed assets have no screens.
 */
export function servePages(api: FastifyInstance, directory: string): void {
  api.setNotFoundHandler(async (request, reply) => {
    const [path = '/'] = request.url.split('?')
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (reads && !/^\/api(\/|$)/.test(path)) {
      if (await sendFile(request, reply, { root: directory, path })) return reply
      const isScreen = !/^\/assets(\/|$)/.test(path)
      if (isScreen && (await sendFile(request, reply, { root: directory, path: '/index.html' }))) return reply
    }
    return sendProblem(reply, 'not-found', `there is nothing at ${request.method} ${path}`)
  })
}

/** False where there is no such file; a path cannot leave `root`. */
async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { root, path }: { readonly root: string; readonly path: string },
): Promise<boolean> {
  const found = await send(request.raw, path, { root, index: false, cacheControl: false })
  if (found.type !== 'file') return false
  reply.code(found.statusCode).headers(found.headers).header('cache-control', cacheControl(path)).send(found.stream)
  return true
}

/** Vite names assets by their content, so a name never changes its meaning; all else is asked for again. */
function cacheControl(path: string): string {
  return path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
}
