import type { MeasuredSession } from './measured-session.ts'

/** One session's part of the time axis. */
export interface Stretch {
  readonly session: MeasuredSession
  readonly from: number
  readonly to: number
}

/** Takes `[from, to)` of a session, paid by its client in equal part with `among - 1` others. */
export type TakeLiveTime = (session: MeasuredSession, from: number, to: number, among: number) => void
