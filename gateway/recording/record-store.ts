import type { ChannelKind } from './channel-request.ts'
import type { RecordedEvent } from './event.ts'
import type { FileStatement } from './files/file-statement.ts'
import type { SaltBlock } from './seal/channel-chain.ts'
import type { SessionCheckpoint } from './seal/session-seals.ts'

/** One row of the recording of a channel: at most 250 ms or 64 KiB of events, encoded by `frame.ts`. */
export interface Frame {
  readonly sessionId: string
  readonly channel: number
  /** Of its first event. */
  readonly seq: number
  readonly events: number
  readonly fromUs: number
  readonly toUs: number
  /** Bytes before compression. */
  readonly rawLength: number
  /** deflate-raw of the encoded events. */
  readonly data: Buffer
  /** The check byte of each event (seal/chain.ts). */
  readonly checks: Buffer
  /** Of `data` as it is stored: some of its bits mean nothing, and a change of those is a change, too. */
  readonly crc32: number
}

/** A block of salts of one channel. */
export interface SaltRow extends SaltBlock {
  readonly sessionId: string
  readonly channel: number
}

/** Consecutive keystrokes of one channel. */
export interface KeystrokeRun {
  readonly sessionId: string
  readonly channel: number
  /** Number of its first keystroke inside the channel, from 0. */
  readonly seq: number
  readonly fromUs: number
  /** Microseconds since the keystroke before; the first is 0. */
  readonly deltasUs: readonly number[]
  /** Bytes of each keystroke. */
  readonly lengths: readonly number[]
  readonly bytes: Buffer
}

/** What a batch says of a file; it replaces what was said of the same number before, but for `atUs`. */
export interface FileChange extends FileStatement {
  readonly sessionId: string
  readonly channel: number
  /** Microseconds since the session's start, of its first statement in the batch. */
  readonly atUs: number
  /** Of its last statement; undefined while it goes on. */
  readonly endedUs: number | undefined
}

/** One entry of the list of files. Paths as in the statement. */
export type TransferredFile = Omit<FileChange, 'sessionId'>

/** Where a page of the list of files begins: behind this entry. */
export type FilePlace = Pick<TransferredFile, 'channel' | 'number'>

/** What a batch changes in the row of a channel; undefined leaves a column as it is. */
export interface ChannelChange {
  readonly sessionId: string
  readonly channel: number
  /** Of the last event in the batch: replaying a batch that is already stored changes nothing. */
  readonly archivedSeq: number
  /** Of the chain, behind that event. */
  readonly head: Buffer
  readonly lastUs: number
  readonly openedUs?: number
  readonly closedUs?: number
  readonly kind?: ChannelKind
  readonly command?: Buffer
  readonly terminal?: { readonly type: string; readonly columns: number; readonly rows: number }
  readonly exitStatus?: number
  readonly exitSignal?: string
  /** Added to what is stored. */
  readonly keystrokes: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly bytesErr: number
}

export interface SessionClosing {
  readonly sessionId: string
  /** `interrupted`: the gateway stopped in the middle of it. */
  readonly state: 'ended' | 'interrupted'
  /** Wall clock at the close. */
  readonly endedAt: Date
  readonly lengthUs: number
  readonly reason: string
  /** All of this and of the record, signed (seal/session-statements.ts); for the log of sessions. */
  readonly statement: string
}

/** What goes to PostgreSQL in one transaction. */
export interface RecordBatch {
  readonly frames: readonly Frame[]
  readonly salts: readonly SaltRow[]
  readonly runs: readonly KeystrokeRun[]
  readonly files: readonly FileChange[]
  readonly channels: readonly ChannelChange[]
  readonly checkpoints: readonly SessionCheckpoint[]
  readonly closings: readonly SessionClosing[]
}

/** How far a channel is stored already. */
export interface ChannelProgress {
  readonly archivedSeq: number
  readonly keystrokes: number
  /** Of the chain, behind the last event stored. */
  readonly head: Buffer
}

export interface RecordStore {
  /** One transaction; all or nothing. Safe to repeat after an unknown outcome. */
  append(batch: RecordBatch): Promise<void>
  /** Undefined: nothing of the channel is stored yet. */
  progress(sessionId: string, channel: number): Promise<ChannelProgress | undefined>
  /** In order, decoded; from the frame that holds `fromUs` on. */
  events(sessionId: string, channel: number, fromUs?: number): AsyncIterable<RecordedEvent>
  /** Every keystroke of the channel in order. */
  keystrokes(sessionId: string, channel: number): Promise<readonly Keystroke[]>
  /** The files of a session by channel and number, at most `limit` of them. */
  files(sessionId: string, limit: number, after?: FilePlace): Promise<readonly TransferredFile[]>
}

/** One key pressed. */
export interface Keystroke {
  readonly seq: number
  readonly atUs: number
  readonly bytes: Buffer
}
