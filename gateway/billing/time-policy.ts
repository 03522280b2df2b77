import type { AfterHours } from './after-hours.ts'
import type { Rounding } from './rounding.ts'

/** What tells one line from the next, besides client, month and billable, which always do. */
export type LineKey = 'day' | 'staff' | 'task' | 'band' | 'session' | 'month'

/** The terms of a contract that decide its minutes. */
export interface TimePolicy extends Rounding {
  /** Milliseconds a mark keeps its session live; Infinity: to its end. */
  readonly graceMs: number
  /** False: every session stands alone and time spent in several at once adds up. */
  readonly merge: boolean
  /** Who pays for an instant a person is live at several clients: the one last worked on, each in full, or equal shares. */
  readonly acrossClients: 'focus' | 'full' | 'split'
  /** `union`: an instant of a client is billed once however many people worked on it. */
  readonly acrossStaff: 'sum' | 'union'
  /** `start`: all of a session is booked on the day it began. */
  readonly daySplit: 'split' | 'start'
  readonly line: readonly LineKey[]
  /** Undefined: every hour is charged alike. Otherwise `line` has `band`. */
  readonly afterHours: AfterHours | undefined
}

/** The terms of a contract that names none: keystrokes with five minutes of grace, each line up to one minute. */
export const standardPolicy: TimePolicy = {
  graceMs: 300_000,
  merge: true,
  acrossClients: 'focus',
  acrossStaff: 'sum',
  daySplit: 'split',
  line: ['day', 'staff', 'task'],
  afterHours: undefined,
  stepMinutes: 1,
  mode: 'up',
  minimumMinutes: 0,
}
