import fastifyStatic from '@fastify/static'
import { sep } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { sendProblem } from './problem-document.ts'

/**
 * The built pages. Every address that is no file is a screen of the single page and gets `index.html`; the API
 * and the hashed assets have no screens.
 */
export async function servePages(api: FastifyInstance, directory: string): Promise<void> {
  await api.register(fastifyStatic, {
    root: directory,
    cacheControl: false,
    setHeaders: (reply, path) => void reply.header('cache-control', cacheControl(path)),
  })
  api.setNotFoundHandler((request, reply) => {
    const isScreen = request.method === 'GET' && !/^\/(api|assets)(\/|$)/.test(request.url)
    if (isScreen) return reply.sendFile('index.html')
    return sendProblem(reply, 'not-found', `there is nothing at ${request.method} ${request.url.split('?')[0]}`)
  })
}

/** Vite names assets by their content, so a name never changes its meaning; all else is asked for again. */
function cacheControl(path: string): string {
  return path.includes(`${sep}assets${sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache'
}
