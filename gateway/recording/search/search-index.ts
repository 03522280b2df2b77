import type { FoundCommand } from '../commands/found-command.ts'
import type { Findings } from './read-channel.ts'

/** One channel of one session. */
export interface ChannelPlace {
  readonly sessionId: string
  readonly channel: number
}

/** A command of a session, and the channel it was given on. */
export interface SessionCommand extends FoundCommand {
  readonly channel: number
}

/** Where a page of the list of commands begins: behind this one. */
export type CommandPlace = Pick<SessionCommand, 'channel' | 'number'>

/** What was found in recordings, for lists and search. */
export interface SearchIndex {
  /**
   * Channels whose recording is whole and was not read yet, newest first: those of this gateway, and what others have
   * left lying for ten minutes.
   */
  unread(gatewayId: string, limit: number): Promise<readonly ChannelPlace[]>
  /** Safe to repeat: the same reading finds the same. */
  add(place: ChannelPlace, findings: Findings): Promise<void>
  /** All that was found in the channel is added. */
  finish(place: ChannelPlace): Promise<void>
  /** By channel and number, at most `limit` of them. */
  commands(sessionId: string, limit: number, after?: CommandPlace): Promise<readonly SessionCommand[]>
  /** Channels of the session that were not read to their end yet. */
  notRead(sessionId: string): Promise<readonly number[]>
}
