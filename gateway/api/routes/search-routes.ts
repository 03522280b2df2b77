import { z } from 'zod'
import { commandPage, commandQuery, searchPage, searchQuery } from '#shared/search.ts'
import { pageScope } from '../../access/page-rights.ts'
import { searchParts } from '../../recording/search/search-part.ts'
import { commandView, searchCursor, searchHitView, searchPlace } from '../../session/search-view.ts'
import type { ApiParts } from '../api-parts.ts'
import { demandSession } from '../demand.ts'
import { narrow } from '../narrow.ts'
import { route, type Route } from '../route.ts'
import type { ViewNotes } from '../view-notes.ts'

/** What was found in recordings: the commands of a session, and lines anywhere. */
export function searchRoutes(parts: ApiParts, views: ViewNotes): readonly Route[] {
  const { sessions, searchIndex, search } = parts.stores
  return [
    route({
      method: 'GET',
      path: '/sessions/{id}/commands',
      summary: 'The commands that can be made out of the recording: an aid, no proof',
      params: z.object({ id: z.uuid() }),
      query: commandQuery,
      answer: commandPage,
      handle: async ({ reader, params, query }) => {
        const session = await demandSession(sessions, reader, 'see-content', params.id)
        const { id } = session
        await views.note(reader, session)
        const [channel, number] = query.cursor?.split('-').map(Number) ?? []
        const after = channel === undefined || number === undefined ? undefined : { channel, number }
        const found = await searchIndex.commands(id, query.limit + 1, after)
        const items = found.slice(0, query.limit)
        const last = items.at(-1)
        const hasMore = found.length > query.limit && last !== undefined
        return {
          items: items.map(commandView),
          nextCursor: hasMore ? `${last.channel}-${last.number}` : null,
          notRead: [...(await searchIndex.notRead(id))],
        }
      },
    }),
    route({
      method: 'GET',
      path: '/search',
      summary: 'Lines in which a text stands: of what terminals showed, of commands, of what was typed',
      query: searchQuery,
      answer: searchPage,
      handle: async ({ reader, query }) => {
        const asked = narrow(query, pageScope(reader, 'see-content'))
        if (asked === undefined) return { items: [], nextCursor: null }
        const { text, client, staff, target, from, to, cursor, limit } = asked
        const hits = await search.search({
          text,
          parts: asked.in === undefined ? searchParts : [asked.in],
          limit: limit + 1,
          ...(client !== undefined && { client }),
          ...(staff !== undefined && { staff }),
          ...(target !== undefined && { target }),
          ...(from !== undefined && { from: new Date(from) }),
          ...(to !== undefined && { to: new Date(to) }),
          ...(cursor !== undefined && { after: searchPlace(cursor) }),
        })
        const items = hits.slice(0, limit)
        const last = items.at(-1)
        await views.note(reader, ...items.map(({ sessionId: id, client: of }) => ({ id, client: of })))
        return {
          items: items.map((hit) => searchHitView(hit, parts.config.publicUrl)),
          nextCursor: hits.length > limit && last !== undefined ? searchCursor(last) : null,
        }
      },
    }),
  ]
}
