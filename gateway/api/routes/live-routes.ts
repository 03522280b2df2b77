import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { actorName } from '../../access/page-rights.ts'
import { GatewayError } from '../../errors.ts'
import { followEvents } from '../../recording/follow-events.ts'
import { liveFeed } from '../../recording/live-feed.ts'
import { DEFAULT_TERMINAL_SIZE } from '../../recording/terminal-size.ts'
import type { ApiParts } from '../api-parts.ts'
import { demandSession } from '../demand.ts'
import { type Route, streamRoute } from '../route.ts'
import type { ViewNotes } from '../view-notes.ts'
import { readerOf } from '../web-session.ts'

/** Each looks into the database ten times a second, and draws what it finds. */
const WATCHERS_MAX = 50
/** Milliseconds after which a browser comes again that was cut off. */
const RETRY = 'retry: 1000\n\n'

const params = z.object({ id: z.uuid(), channel: z.coerce.number().int().min(0).max(0x7fff_ffff) })

/** What is typed and shown on a channel now. */
export function liveRoutes(parts: ApiParts, views: ViewNotes): readonly Route[] {
  const { sessions, records } = parts.stores
  let watchers = 0

  /** Also where the right to watch has gone, or the gateway stops. */
  async function isOver(request: FastifyRequest, id: string): Promise<boolean> {
    const reader = await readerOf(parts, request)
    if (reader === undefined) return true
    return (await demandSession(sessions, reader, 'see-content', id)).state !== 'live'
  }

  return [
    streamRoute({
      path: '/sessions/{id}/channels/{channel}/live',
      summary: 'What happens on a channel of a live session: server-sent events for asciinema-player',
      mediaType: 'text/event-stream',
      params,
      handle: async ({ reader, params: { id, channel }, request }) => {
        const session = await demandSession(sessions, reader, 'see-content', id)
        const found = (await sessions.channels(id)).find((each) => each.channel === channel)
        if (found === undefined)
          throw new GatewayError('not-found', `session ${id} has no channel ${channel} on record`)
        if (session.state !== 'live' || found.closedUs !== undefined) {
          throw new GatewayError('conflict', 'what you want to watch is over', 'replay it')
        }
        if (watchers >= WATCHERS_MAX) throw new GatewayError('conflict', 'too many people watch sessions now', 'wait')
        await views.note(reader, session)
        await sessions.noteWatcher(id, actorName(reader))
        const { server } = request.server
        const listened = server.listening
        const events = followEvents(records, {
          sessionId: id,
          channel,
          isOver: async () => (listened && !server.listening) || (await isOver(request, id)),
          sleep: (ms) => sleep(ms),
        })
        watchers++
        return sentEvents(liveFeed(events, found.terminal ?? DEFAULT_TERMINAL_SIZE), () => watchers--)
      },
    }),
  ]
}

async function* sentEvents(feed: AsyncIterable<readonly unknown[]>, ended: () => void): AsyncGenerator<string> {
  try {
    yield RETRY
    for await (const news of feed) yield news.map(sentEvent).join('') || ':\n\n'
    yield 'event: done\ndata: over\n\n'
  } finally {
    ended()
  }
}

function sentEvent(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`
}
