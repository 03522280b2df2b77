import { z } from 'zod'
import { keystrokeList, replayIndex, replayQuery, replaySegment } from '#shared/api.ts'
import { GatewayError } from '../../errors.ts'
import { keyName } from '../../recording/key-name.ts'
import type { ApiParts } from '../api-parts.ts'
import { ChannelReplays } from '../channel-replays.ts'
import { route, type Route } from '../route.ts'
import type { ViewNotes } from '../view-notes.ts'

const params = z.object({ id: z.uuid(), channel: z.coerce.number().int().min(0).max(0x7fff_ffff) })
const segmentParams = params.extend({ segment: z.coerce.number().int().min(0) })

/** What was typed and shown on a channel. */
export function replayRoutes(parts: ApiParts, views: ViewNotes): readonly Route[] {
  const replays = new ChannelReplays(parts, views)
  return [
    route({
      method: 'GET',
      path: '/sessions/{id}/channels/{channel}/replay',
      summary: 'The index of a replay, for the segmented recording driver of asciinema-player',
      params,
      query: replayQuery,
      answer: replayIndex,
      handle: async ({ reader, params, query }) => {
        const { replay, through } = await replays.demand(reader, { ...params, ...query })
        // Relative to the index, so that a prefix put before it by a proxy stays.
        const urlOf = (segment: number) => `replay/${segment}?idle=${query.idle}&through=${through}`
        return replay.index(urlOf)
      },
    }),
    route({
      method: 'GET',
      path: '/sessions/{id}/channels/{channel}/replay/{segment}',
      summary: 'One segment of a replay: the screen it begins with and its events',
      params: segmentParams,
      query: replayQuery,
      answer: replaySegment,
      handle: async ({ reader, params, query }) => {
        const { replay } = await replays.demand(reader, { ...params, ...query })
        const segment = replay.segment(params.segment)
        if (segment === undefined) throw new GatewayError('not-found', `there is no segment ${params.segment}`)
        return segment
      },
    }),
    route({
      method: 'GET',
      path: '/sessions/{id}/channels/{channel}/keystrokes',
      summary: 'Every keystroke of a channel with its name and its place in the replay',
      params,
      query: replayQuery,
      answer: keystrokeList,
      handle: async ({ reader, params, query }) => {
        const { replay } = await replays.demand(reader, { ...params, ...query })
        const keystrokes = await parts.stores.records.keystrokes(params.id, params.channel)
        return {
          items: keystrokes.map(({ seq, atUs, bytes }) => ({
            seq,
            atUs,
            replayUs: replay.toReplayUs(atUs),
            name: keyName(bytes),
            bytes: bytes.toString('base64'),
          })),
          resumptions: [...replay.resumptions()],
        }
      },
    }),
  ]
}
