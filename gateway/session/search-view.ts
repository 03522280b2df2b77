import type { SearchHitView, SessionCommandView } from '#shared/search.ts'
import type { SearchPart } from '../recording/search/search-part.ts'
import type { SessionCommand } from '../recording/search/search-index.ts'
import type { SearchHit, SearchPlace } from './session-search.ts'

export function commandView(command: SessionCommand): SessionCommandView {
  const { channel, number, atUs, text, source } = command
  return {
    channel,
    number,
    atUs,
    text,
    source,
    endedUs: command.endedUs ?? null,
    exitStatus: command.exitStatus ?? null,
    directory: command.directory ?? null,
  }
}

/** `publicUrl` is where the pages are. */
export function searchHitView(hit: SearchHit, publicUrl: string): SearchHitView {
  const { sessionId, client, target, login, staff, startedAt, channel, atUs, part, text } = hit
  const url = new URL(`/sessions/${sessionId}`, publicUrl)
  url.search = new URLSearchParams({ channel: String(channel), t: (atUs / 1e6).toFixed(1) }).toString()
  const at = new Date(startedAt.getTime() + Math.floor(atUs / 1000)).toISOString()
  return { session: sessionId, client, target, login, staff, channel, in: part, at, atUs, text, url: url.href }
}

/** As `nextCursor` has it. */
export function searchCursor({ sessionId, channel, atUs, part, number, line }: SearchPlace): string {
  return [sessionId, channel, atUs, part, number, line].join('_')
}

/** Of a cursor that has the form of `searchCursor`. */
export function searchPlace(cursor: string): SearchPlace {
  const [sessionId = '', channel, atUs, part, number, line] = cursor.split('_')
  return {
    sessionId,
    channel: Number(channel),
    atUs: Number(atUs),
    part: part as SearchPart,
    number: Number(number),
    line: Number(line),
  }
}
