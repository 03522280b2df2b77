import { isForward } from '#shared/forward-kinds.ts'
import type { ChannelSummary, SessionSummary } from '../session/session.ts'
import { GatewayError } from '../errors.ts'
import { DEFAULT_TERMINAL_SIZE, terminalSize } from '../recording/terminal-size.ts'
import { findSession } from './named-things.ts'
import type { OpenStores } from './program-parts.ts'

/** A channel on record and the session it belongs to. */
export interface RecordedChannel {
  readonly session: SessionSummary
  readonly channel: ChannelSummary
  /** The size its terminal began with. */
  readonly size: { readonly columns: number; readonly rows: number }
}

/**
 * The channel of that number; where none is named the first that has a terminal, or else the first that ran
 * something, or else the first of all. Throws
 * `not-found`.
 */
export async function findRecordedChannel(
  stores: OpenStores,
  id: string,
  number: number | undefined,
): Promise<RecordedChannel> {
  const session = await findSession(stores, id)
  const channels = await stores.sessions.channels(session.id)
  const channel =
    number === undefined
      ? (channels.find((each) => each.terminal !== undefined) ??
        channels.find(({ kind }) => !isForward(kind)) ??
        channels[0])
      : channels.find((each) => each.channel === number)
  if (channel !== undefined) {
    const { columns, rows } = channel.terminal ?? DEFAULT_TERMINAL_SIZE
    return { session, channel, size: terminalSize(columns, rows) }
  }
  const numbers = channels.map((each) => each.channel)
  throw new GatewayError(
    'not-found',
    number === undefined || numbers.length === 0
      ? `session ${session.id} has no channel on record`
      : `session ${session.id} has no channel ${number}, but ${numbers.join(', ')}`,
    `see: gatebook session show ${session.id}`,
  )
}
