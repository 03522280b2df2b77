import { type Band, bandAt } from './after-hours.ts'
import { calendarOf } from './calendar-of-zone.ts'
import type { MeasuredSession, TaskStart } from './measured-session.ts'
import type { TimePolicy } from './time-policy.ts'

/** What all instants of a piece have in common. */
export interface Piece {
  /** Local date in the client's zone. */
  readonly day: string
  readonly task: string | null
  readonly band: Band | null
  /** The first instant that may have another day, task or band. */
  readonly until: number
}

/** The piece an instant of a session falls in: pieces end at midnights, task switches and borders of bands. */
export function pieceAt(session: MeasuredSession, instant: number, policy: TimePolicy): Piece {
  const calendar = calendarOf(session.zone)
  const { date, to } = calendar.dayAt(instant)
  const byStart = policy.daySplit === 'start'
  const { task, until: taskEnds } = taskAt(session.tasks, instant)
  const band = policy.afterHours === undefined ? undefined : bandAt(instant, calendar, policy.afterHours)
  return {
    day: byStart ? calendar.dayAt(session.start).date : date,
    task,
    band: band?.band ?? null,
    until: Math.min(to, taskEnds, band?.until ?? Infinity),
  }
}

function taskAt(tasks: readonly TaskStart[], instant: number): { task: string | null; until: number } {
  const next = tasks.findIndex(({ from }) => from > instant)
  const current = next === -1 ? tasks.at(-1)! : tasks[next - 1]!
  return { task: current.task, until: tasks[next]?.from ?? Infinity }
}
