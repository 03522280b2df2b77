import type { SaltBlock } from '../recording/seal/channel-chain.ts'
import type { SessionStatements } from '../recording/seal/session-log.ts'
import type { SealedFrame } from '../recording/seal/sealed-events.ts'
import type { ChannelSummary, SessionSummary } from './session.ts'

/** What the row of a session says; everything of it that is signed, or follows from the events, is verified. */
export interface SessionRow extends SessionSummary {
  readonly gatewayId: string
  readonly clientId: string
  readonly targetId: string
  readonly staffId: string
  /** First day of its month in UTC, `2026-11-01`: where its parts stand. */
  readonly month: string
}

export interface ChannelRow extends Omit<ChannelSummary, 'command'> {
  /** As it came. */
  readonly command: Buffer | undefined
  readonly month: string
  readonly archivedSeq: number
  readonly head: Buffer
}

/** A month in which a channel has rows. */
export interface ChannelPart {
  readonly channel: number
  readonly month: string
}

/** All that the database holds of a session but its events. */
export interface RecordedEvidence extends SessionStatements {
  readonly row: SessionRow
  readonly channels: readonly ChannelRow[]
  /** Where frames, salts and keystrokes stand, whatever channel and month they name. */
  readonly parts: readonly ChannelPart[]
}

/** What a session is verified from. */
export interface EvidenceStore {
  /** All of one moment; undefined where there is no such session. */
  evidence(sessionId: string): Promise<RecordedEvidence | undefined>
  /** In order. */
  frames(sessionId: string, channel: number): AsyncIterable<SealedFrame>
  salts(sessionId: string, channel: number): Promise<readonly SaltBlock[]>
  /** Ids that parts of a record name, but no session has. */
  strangers(): Promise<readonly string[]>
}
