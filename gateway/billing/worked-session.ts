/** What the minutes are computed from: one session with its marks, read from the record. */
export interface WorkedSession {
  readonly id: string
  readonly client: string
  /** IANA zone of the client. */
  readonly zone: string
  readonly staff: string
  /** Full name, such as `web1.acme`. */
  readonly target: string
  readonly task: string | undefined
  readonly startedAt: Date
  /** Monotonic length in milliseconds; for a live session up to its last event on record. */
  readonly lengthMs: number
  readonly live: boolean
  /** Wall clock at the end, a cross-check only; undefined while live or after a crash. */
  readonly endedAt: Date | undefined
  /**
   * Milliseconds since the start of every mark besides the opening itself: keystrokes (terminal
   * replies are not) and the requests for exec and subsystem. Ascending.
   */
  readonly marksMs: readonly number[]
}

export interface WorkedSessionSource {
  /** Every session that may have live time inside `[from, to)`, in order of start. */
  workedSessions(filter: {
    readonly from: Date
    readonly to: Date
    readonly client?: string
    readonly staff?: string
  }): Promise<readonly WorkedSession[]>
}
