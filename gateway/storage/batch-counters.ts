import { lt, sql } from 'drizzle-orm'
import type { ChannelChange, SessionClosing } from '../recording/record-store.ts'
import type { SessionCheckpoint } from '../recording/seal/session-seals.ts'
import type { Queries } from './database.ts'
import { withoutNul } from './foreign-text.ts'
import { channel } from './schema-recording.ts'

// The parts of a batch that are not rows of their own but change counters: each is one statement for all
// channels or sessions, however many there are.

/** Names a channel among all channels. */
export function channelKey({ sessionId, channel: number }: { sessionId: string; channel: number }): string {
  return `${sessionId}/${number}`
}

const added = (column: 'keystrokes' | 'bytesIn' | 'bytesOut' | 'bytesErr', name: string) =>
  sql`${channel[column]} + excluded.${sql.identifier(name)}`
const unlessNull = (column: keyof typeof channel.$inferSelect, name: string) =>
  sql`coalesce(excluded.${sql.identifier(name)}, ${channel[column]})`

/**
 * Moves the rows of the channels on. Says of each channel whether the batch was new to it (true) or stored
 * already (false): that is what makes a batch safe to repeat.
 */
export async function updateChannels(
  tx: Queries,
  changes: readonly ChannelChange[],
  months: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, boolean>> {
  const fresh = new Map(changes.map((change) => [channelKey(change), false]))
  if (changes.length === 0) return fresh
  const moved = await tx
    .insert(channel)
    .values(changes.map((change) => channelColumns(change, months.get(change.sessionId) ?? '')))
    .onConflictDoUpdate({
      target: [channel.sessionId, channel.channel],
      setWhere: lt(channel.archivedSeq, sql`excluded.archived_seq`),
      set: {
        archivedSeq: sql`excluded.archived_seq`,
        head: sql`excluded.head`,
        closedUs: unlessNull('closedUs', 'closed_us'),
        kind: unlessNull('kind', 'kind'),
        command: unlessNull('command', 'command'),
        terminalType: unlessNull('terminalType', 'terminal_type'),
        terminalColumns: unlessNull('terminalColumns', 'terminal_columns'),
        terminalRows: unlessNull('terminalRows', 'terminal_rows'),
        exitStatus: unlessNull('exitStatus', 'exit_status'),
        exitSignal: unlessNull('exitSignal', 'exit_signal'),
        keystrokes: added('keystrokes', 'keystrokes'),
        bytesIn: added('bytesIn', 'bytes_in'),
        bytesOut: added('bytesOut', 'bytes_out'),
        bytesErr: added('bytesErr', 'bytes_err'),
      },
    })
    .returning({ sessionId: channel.sessionId, channel: channel.channel })
  for (const row of moved) fresh.set(channelKey(row), true)
  return fresh
}

function channelColumns(change: ChannelChange, month: string) {
  const { lastUs, openedUs, terminal, ...columns } = change
  return {
    ...columns,
    month,
    // Opening is a channel's first event, so the batch that makes the row has it.
    openedUs: openedUs ?? lastUs,
    terminalType: terminal?.type,
    terminalColumns: terminal?.columns,
    terminalRows: terminal?.rows,
  }
}

/**
 * Adds what the batch brought to the sessions' own counters, length and exit. A session that was given up while its
 * gateway was away goes on, until that closes it.
 */
export async function addToSessions(tx: Queries, changes: readonly ChannelChange[]): Promise<void> {
  const gains = new Map<string, SessionGain>()
  for (const change of changes) {
    gains.set(change.sessionId, withChange(gains.get(change.sessionId) ?? noGain(change.sessionId), change))
  }
  if (gains.size === 0) return
  await tx.execute(sql`
    update session set
      state = case when session.state = 'interrupted' then 'live' else session.state end,
      ended_at = case when session.state = 'ended' then session.ended_at end,
      end_reason = case when session.state = 'ended' then session.end_reason end,
      length_us = greatest(session.length_us, gain.length_us),
      channels = greatest(session.channels, gain.channels),
      keystrokes = session.keystrokes + gain.keystrokes,
      bytes_in = session.bytes_in + gain.bytes_in,
      bytes_out = session.bytes_out + gain.bytes_out,
      exit_status = coalesce(gain.exit_status, session.exit_status),
      exit_signal = case when gain.exited then gain.exit_signal else session.exit_signal end
    from jsonb_to_recordset(${JSON.stringify([...gains.values()])}::jsonb) as gain (
      id uuid, length_us bigint, channels integer, keystrokes bigint, bytes_in bigint, bytes_out bigint,
      exited boolean, exit_status bigint, exit_signal text
    )
    where session.id = gain.id
  `)
}

/** A newer checkpoint takes the place of the one before it. */
export async function putCheckpoints(tx: Queries, checkpoints: readonly SessionCheckpoint[]): Promise<void> {
  if (checkpoints.length === 0) return
  const rows = checkpoints.map(({ sessionId, statement }) => ({ id: sessionId, statement }))
  await tx.execute(sql`
    update session set checkpoint = newer.statement
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as newer (id uuid, statement text)
    where session.id = newer.id and session.state = 'live'
  `)
}

/**
 * Ends sessions that are live on record; one that is over stays as it is. Answers with those it ended: their closings
 * belong into the log. A checkpoint of a session that was interrupted stays: it says how much must be there. Which
 * channel was the last is decided here: batches may bring several at once, in any order.
 */
export async function closeSessions(
  tx: Queries,
  closings: readonly SessionClosing[],
): Promise<readonly SessionClosing[]> {
  if (closings.length === 0) return []
  const rows = closings.map(({ sessionId, state, endedAt, lengthUs, reason }) => ({
    id: sessionId,
    state,
    ended_at: endedAt,
    length_us: lengthUs,
    reason: withoutNul(reason),
  }))
  const ended = await tx.execute<{ id: string }>(sql`
    update session set
      state = closing.state,
      ended_at = closing.ended_at,
      end_reason = closing.reason,
      length_us = greatest(session.length_us, closing.length_us),
      checkpoint = case when closing.state = 'interrupted' then session.checkpoint end,
      exit_status = last.exit_status,
      exit_signal = last.exit_signal
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as closing (
      id uuid, state text, ended_at timestamptz, length_us bigint, reason text
    )
    left join lateral (
      select exit_status, exit_signal from channel
      where session_id = closing.id and (exit_status is not null or exit_signal is not null)
      order by closed_us desc nulls first, channel desc
      limit 1
    ) as last on true
    where session.id = closing.id and session.state = 'live'
    returning session.id
  `)
  const ids = new Set(ended.rows.map(({ id }) => id))
  return closings.filter(({ sessionId }) => ids.has(sessionId))
}

/** As the columns are called. */
interface SessionGain {
  readonly id: string
  readonly length_us: number
  readonly channels: number
  readonly keystrokes: number
  readonly bytes_in: number
  readonly bytes_out: number
  readonly exited: boolean
  readonly exit_status: number | undefined
  readonly exit_signal: string | undefined
}

function noGain(id: string): SessionGain {
  const counts = { length_us: 0, channels: 0, keystrokes: 0, bytes_in: 0, bytes_out: 0 }
  return { id, ...counts, exited: false, exit_status: undefined, exit_signal: undefined }
}

function withChange(gain: SessionGain, change: ChannelChange): SessionGain {
  const { exitStatus, exitSignal } = change
  const exits = exitStatus !== undefined || exitSignal !== undefined
  return {
    id: gain.id,
    length_us: Math.max(gain.length_us, change.lastUs),
    // Channels count from 0 without gaps.
    channels: Math.max(gain.channels, change.channel + 1),
    keystrokes: gain.keystrokes + change.keystrokes,
    bytes_in: gain.bytes_in + change.bytesIn,
    bytes_out: gain.bytes_out + change.bytesOut + change.bytesErr,
    exited: gain.exited || exits,
    exit_status: exitStatus ?? gain.exit_status,
    exit_signal: exits ? exitSignal && withoutNul(exitSignal) : gain.exit_signal,
  }
}
