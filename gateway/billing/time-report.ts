import type { TimeLine, TimeReport } from '#shared/api.ts'
import { type Line, Lines } from './lines.ts'
import { liveTime } from './live-time.ts'
import type { MeasuredSession } from './measured-session.ts'
import { monthRange } from './month-range.ts'
import type { TimePolicy } from './time-policy.ts'
import { totalsOf } from './time-totals.ts'
import type { WorkedSession } from './worked-session.ts'

/** The time a report is about: instants `[from, to)`, or a month such as `2026-11` in each client's own zone. */
export type ReportPeriod = ({ readonly from: Date; readonly to: Date } | { readonly month: string }) & {
  /** Prints only this client's lines; the minutes are those of the report on all. */
  readonly client?: string
}

/**
 * The lines and totals of the work inside the period; only live time inside it counts, sessions still open up to `asOf`.
 *
 * Pass every session of each person reported on that may have live time in the period: also those for other
 * clients, since a person's instant belongs to one client only, and those begun before the period. Name a client
 * in `period`, never by leaving out sessions; to report on one person, pass that person's sessions alone.
 * A session given twice counts once, as given last. The order of the sessions changes nothing.
 */
export function reportTime(
  sessions: readonly WorkedSession[],
  policy: TimePolicy,
  period: ReportPeriod,
  asOf: Date,
): TimeReport {
  const inOrder = [...new Map(sessions.map((session) => [session.id, session])).values()].toSorted(inOrderOfOpening)
  const measured = inOrder.filter((session) => !endsBeforeStart(session)).map((session) => measure(session, asOf))
  const ranges = rangesByZone(period)
  const lines = new Lines(policy)
  liveTime(measured, policy, (session, from, to, among) => {
    if (period.client !== undefined && session.client !== period.client) return
    const range = ranges(session.zone)
    lines.add(session, Math.max(from, range.from), Math.min(to, range.to), among)
  })
  const printed = lines.printed()
  return {
    lines: printed.map(timeLine),
    totals: totalsOf(printed),
    quarantined: inOrder
      .filter((session) => endsBeforeStart(session) && (period.client ?? session.client) === session.client)
      .map(({ id }) => ({ session: id, reason: 'it ends before it starts and its length is not on record' })),
  }
}

/** Ids break ties, so that of two marks at one instant the same session wins whatever order the sessions came in. */
function inOrderOfOpening(a: WorkedSession, b: WorkedSession): number {
  return a.startedAt.getTime() - b.startedAt.getTime() || (a.id < b.id ? -1 : 1)
}

function endsBeforeStart({ live, lengthMs, startedAt, endedAt }: WorkedSession): boolean {
  return !live && lengthMs <= 0 && endedAt !== undefined && endedAt < startedAt
}

function measure(session: WorkedSession, asOf: Date): MeasuredSession {
  const start = session.startedAt.getTime()
  const marks = new Float64Array(session.marksMs.length + 1)
  // The opening, at 0, is the first mark.
  marks.set(session.marksMs, 1)
  return {
    id: session.id,
    client: session.client,
    zone: session.zone,
    staff: session.staff,
    tasks: [{ from: start, task: session.task ?? null }],
    billable: true,
    live: session.live,
    start,
    end: session.live ? asOf.getTime() : start + session.lengthMs,
    marks,
  }
}

function rangesByZone(period: ReportPeriod): (zone: string) => { from: number; to: number } {
  const known = new Map<string, { from: number; to: number }>()
  return (zone) => {
    let range = known.get(zone)
    if (range === undefined) {
      const { from, to } = 'month' in period ? monthRange(period.month, zone) : period
      range = { from: from.getTime(), to: to.getTime() }
      known.set(zone, range)
    }
    return range
  }
}

function timeLine(line: Line): TimeLine {
  return {
    client: line.client,
    day: line.day,
    staff: line.staff,
    task: line.task,
    band: line.band,
    billable: line.billable,
    exactMs: line.exactMs,
    minutes: line.minutes,
    charged: line.charged,
    provisional: line.provisional,
    sessions: [...line.sessions],
  }
}
