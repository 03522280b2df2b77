import type { SearchPart } from '../recording/search/search-part.ts'
import type { SessionFilter } from './session.ts'

/** What is searched for, inside which sessions. */
export interface SearchQuery extends Pick<SessionFilter, 'client' | 'staff' | 'target' | 'from' | 'to'> {
  /** As it stands in a line, whatever its case; at least 3 characters, for the index knows trigrams. */
  readonly text: string
  readonly parts: readonly SearchPart[]
  readonly limit: number
  /** The last hit of the page before. */
  readonly after?: SearchPlace
}

/** One line in which the text stands. */
export interface SearchHit {
  readonly sessionId: string
  readonly client: string
  readonly target: string
  readonly login: string
  readonly staff: string
  readonly startedAt: Date
  readonly channel: number
  /** Microseconds since the session's start. */
  readonly atUs: number
  readonly part: SearchPart
  /** Of the row that the line stands in. */
  readonly number: number
  /** Of the line in its row, from 1. */
  readonly line: number
  readonly text: string
}

export type SearchPlace = Pick<SearchHit, 'sessionId' | 'channel' | 'atUs' | 'part' | 'number' | 'line'>

export interface SessionSearch {
  /**
   * Newest session first, in a session by channel and time. Throws `bad-input` for a search that takes the database too
   * long.
   */
  search(query: SearchQuery): Promise<readonly SearchHit[]>
}
