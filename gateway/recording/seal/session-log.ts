import { digestOf } from './digest.ts'
import type { LoggedStatement } from './key-ring.ts'
import type { ChannelPosition } from './positions.ts'
import type { StoredLeaf } from './verify-log.ts'

/** What stands in the log of sessions. */
export type LoggedKind = 'key' | 'opening' | 'closing' | 'erasure' | 'trail'

/** What is signed of one session. */
export interface SessionStatements {
  /** In the log, in order. */
  readonly log: readonly LoggedStatement[]
  /** The newest of a session that was not closed. */
  readonly checkpoint: string | undefined
}

/** A row of the log; only `statement` is signed. */
export interface LogEntry extends LoggedStatement {
  readonly kind: string
  readonly sessionId: string | undefined
  readonly leafHash: Buffer
}

/**
 * The log of sessions of an installation: what every gateway signed of keys, openings and closings, in order. Openings
 * and closings are appended with the sessions themselves (`SessionStore.open`, `RecordStore.append`).
 */
export interface SessionLog {
  /** Answers with its place, when it is committed. */
  appendKey(statement: string): Promise<number>
  /** A statement about the audit trail. */
  appendTrail(statement: string): Promise<void>
  /** Every statement about the audit trail, in order. */
  trails(): Promise<readonly LoggedStatement[]>
  /** Every key statement, in order. */
  keys(): Promise<readonly LoggedStatement[]>
  /** What is signed of a session; nothing of one that nobody knows. */
  statements(sessionId: string): Promise<SessionStatements>
  /** The signed opening of a session; undefined where the log does not know it. */
  opening(sessionId: string): Promise<string | undefined>
  /** From this place on, in order. */
  leaves(from: number): AsyncIterable<StoredLeaf>
  /** From this place on, in order, with what else the database says of them. */
  entries(from: number): AsyncIterable<LogEntry>
  /** The newest head of a gateway takes the place of the one before. */
  putHead(gatewayId: string, size: number, statement: string): Promise<void>
  /** The newest head of each gateway. */
  heads(): Promise<readonly string[]>
  /** How its channels stand in the database, by their numbers. */
  positions(sessionId: string): Promise<readonly ChannelPosition[]>
}

/** The hash of a leaf (RFC 6962 §2.1). */
export function leafHash(statement: string): Buffer {
  return digestOf(Buffer.of(0), Buffer.from(statement, 'latin1'))
}
