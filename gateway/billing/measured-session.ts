import type { MarkedSpan } from './mark-runs.ts'

/** From this instant on (UTC milliseconds) a session works on this task; null is no task. */
export interface TaskStart {
  readonly from: number
  readonly task: string | null
}

/** A session laid on the time axis, with the marks its contract counts. */
export interface MeasuredSession extends MarkedSpan {
  readonly id: string
  readonly client: string
  /** IANA zone of the client. */
  readonly zone: string
  readonly staff: string
  /** At least one, ascending; the first begins with the session. */
  readonly tasks: readonly TaskStart[]
  /** False: shown on its own lines and charged nothing. */
  readonly billable: boolean
  /** Still open: its time may grow. */
  readonly live: boolean
}
