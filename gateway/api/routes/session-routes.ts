import { z } from 'zod'
import { filePage, killedSession, session, sessionDetail, sessionPage, sessionQuery } from '#shared/api.ts'
import { fileQuery } from '#shared/transferred-file.ts'
import { actorName, pageRight, pageScope } from '../../access/page-rights.ts'
import type { FilePlace } from '../../recording/record-store.ts'
import { fileView } from '../../session/file-view.ts'
import { killedText } from '../../session/killed-text.ts'
import { sessionDetailView, sessionView } from '../../session/session-view.ts'
import type { SessionFilter } from '../../session/session.ts'
import type { ApiParts } from '../api-parts.ts'
import { demandSession } from '../demand.ts'
import { narrow } from '../narrow.ts'
import { route, type Route } from '../route.ts'

/** The list of sessions, one session, and its files. */
export function sessionRoutes(parts: ApiParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/sessions',
      summary: 'Sessions, newest first',
      query: sessionQuery,
      answer: sessionPage,
      handle: async ({ reader, query }) => {
        const asked = narrow(query, pageScope(reader, 'see-session'))
        if (asked === undefined) return { items: [], nextCursor: null }
        // One more than asked for tells whether there is a next page.
        const found = await parts.stores.sessions.list(filterOf(asked, query.limit + 1))
        const items = found.slice(0, query.limit).map(sessionView)
        return { items, nextCursor: found.length > query.limit ? (items.at(-1)?.id ?? null) : null }
      },
    }),
    route({
      method: 'GET',
      path: '/sessions/{id}',
      summary: 'One session with its channels',
      params: z.object({ id: z.uuid() }),
      answer: sessionDetail,
      handle: async ({ reader, params }) => {
        const found = await demandSession(parts.stores.sessions, reader, 'see-session', params.id)
        const { sessions, sessionLog } = parts.stores
        const statements = await sessionLog.statements(found.id)
        const view = sessionDetailView(found, await sessions.channels(found.id), statements)
        // A command line is what was typed.
        if (pageRight(reader, 'see-content', found) !== 'allow')
          for (const each of view.channelList) each.command = null
        return view
      },
    }),
    killRoute(parts),
    route({
      method: 'GET',
      path: '/sessions/{id}/files',
      summary: 'The files that passed by scp, sftp and rsync, and what was done with files over sftp',
      params: z.object({ id: z.uuid() }),
      query: fileQuery,
      answer: filePage,
      handle: async ({ reader, params, query }) => {
        const session = await demandSession(parts.stores.sessions, reader, 'see-content', params.id)
        const found = await parts.stores.records.files(session.id, query.limit + 1, placeOf(query.cursor))
        const items = found.slice(0, query.limit)
        const last = items.at(-1)
        const hasMore = found.length > query.limit && last !== undefined
        return { items: items.map(fileView), nextCursor: hasMore ? `${last.channel}-${last.number}` : null }
      },
    }),
  ]
}

function killRoute({ stores: { sessions } }: ApiParts): Route {
  return route({
    method: 'POST',
    path: '/sessions/{id}/kill',
    summary: 'End a live session at once, with a word to whoever is in it',
    params: z.object({ id: z.uuid() }),
    body: killedSession,
    answer: session,
    handle: async ({ reader, params, body }) => {
      const killed = await demandSession(sessions, reader, 'kill-session', params.id)
      const actor = actorName(reader)
      await sessions.askEnd(killed.id, killedText(actor, body.message), actor)
      return sessionView(killed)
    },
  })
}

function placeOf(cursor: string | undefined): FilePlace | undefined {
  const [channel, number] = cursor?.split('-').map(Number) ?? []
  return channel === undefined || number === undefined ? undefined : { channel, number }
}

function filterOf(asked: z.output<typeof sessionQuery>, limit: number): SessionFilter {
  const { client, staff, target, task, from, to, live, cursor } = asked
  return {
    limit,
    ...(client !== undefined && { client }),
    ...(staff !== undefined && { staff }),
    ...(target !== undefined && { target }),
    ...(task !== undefined && { task }),
    ...(from !== undefined && { from: new Date(from) }),
    ...(to !== undefined && { to: new Date(to) }),
    ...(live === true && { liveOnly: true }),
    ...(cursor !== undefined && { after: cursor }),
  }
}
