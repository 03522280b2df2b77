import type { Purpose } from '../access/purpose.ts'
import type { ChannelKind } from '../recording/channel-request.ts'

export type SessionState = 'live' | 'ended' | 'interrupted'

/** What is known when the first channel opens; stored before the first byte is forwarded. */
export interface SessionOpening {
  /** UUID version 7, made by the gateway. */
  readonly id: string
  readonly gatewayId: string
  readonly clientId: string
  readonly targetId: string
  readonly staffId: string
  /** The login on the target. */
  readonly login: string
  readonly sourceAddress: string
  readonly startedAt: Date
  /** A number, `ACME-17`. */
  readonly task?: string
  readonly reason?: string
}

/** A session as people list it. Times from the record; `live` ones grow. */
export interface SessionSummary {
  readonly id: string
  readonly client: string
  /** Full name, `web1.acme`. */
  readonly target: string
  readonly login: string
  readonly staff: string
  readonly task: string | undefined
  readonly reason: string | undefined
  readonly sourceAddress: string
  readonly startedAt: Date
  readonly endedAt: Date | undefined
  readonly state: SessionState
  readonly endReason: string | undefined
  /** Monotonic length in microseconds, up to the last event on record. */
  readonly lengthUs: number
  readonly channels: number
  readonly keystrokes: number
  /** From the administrator to the target. */
  readonly bytesIn: number
  /** From the target to the administrator, stderr included. */
  readonly bytesOut: number
  /** Of the last channel that reported one. */
  readonly exitStatus: number | undefined
  /** Such as `KILL`, where the last channel ended by a signal. */
  readonly exitSignal: string | undefined
}

export interface ChannelSummary {
  /** Counts from 0 inside the session. */
  readonly channel: number
  readonly kind: ChannelKind | undefined
  /** The command of an exec, the name of a subsystem or where a forward leads; invalid UTF-8 shown as U+FFFD. */
  readonly command: string | undefined
  readonly terminal: { readonly type: string; readonly columns: number; readonly rows: number } | undefined
  /** Microseconds since the session's start. */
  readonly openedUs: number
  readonly closedUs: number | undefined
  readonly exitStatus: number | undefined
  readonly exitSignal: string | undefined
  readonly keystrokes: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly bytesErr: number
}

export interface SessionFilter {
  readonly client?: string
  readonly staff?: string
  /** Full name, `web1.acme`. */
  readonly target?: string
  /** A number, `ACME-17`. */
  readonly task?: string
  /** Sessions that started at or after. */
  readonly from?: Date
  /** Sessions that started before. */
  readonly to?: Date
  readonly liveOnly?: boolean
  /** Newest first; sessions that started before this one. */
  readonly after?: string
  readonly limit: number
}

export interface SessionStore {
  /** Both at once, the session and its signed opening in the log of sessions. */
  open(opening: SessionOpening, statement: string): Promise<void>
  /** What somebody names as it goes on; what is not named stays. Throws `not-found`. */
  setPurpose(id: string, purpose: Purpose): Promise<void>
  /** The same afterwards, on the audit trail with what was there before. Throws `not-found`. */
  amendPurpose(id: string, purpose: Purpose, actor: string): Promise<void>
  /**
   * Has its gateway end it at once, wherever that is; `why` is what the administrator reads, and stands on the audit
   * trail. Throws `not-found`, and `conflict` where it is over.
   */
  askEnd(id: string, why: string, actor: string): Promise<void>
  /** The sessions of this gateway that somebody wants ended, and why, by their ids. */
  endsAsked(gatewayId: string): Promise<ReadonlyMap<string, string>>
  /** Has its gateway hear who watches a live session. */
  noteWatcher(id: string, actor: string): Promise<void>
  /** Who has watched live sessions of this gateway, in order, by their ids; those that nobody has are left out. */
  watchers(gatewayId: string): Promise<ReadonlyMap<string, readonly string[]>>
  list(filter: SessionFilter): Promise<readonly SessionSummary[]>
  show(id: string): Promise<SessionSummary | undefined>
  /** At most `limit` sessions whose id begins so, newest first. */
  withIdBeginning(beginning: string, limit: number): Promise<readonly SessionSummary[]>
  channels(id: string): Promise<readonly ChannelSummary[]>
  /** When this person last began to work on each target, by the target's id. */
  lastByTarget(staffId: string): Promise<ReadonlyMap<string, Date>>
  /** Every session of this gateway that is still `live` on record: what a crash left behind. */
  leftLive(gatewayId: string): Promise<readonly string[]>
}
