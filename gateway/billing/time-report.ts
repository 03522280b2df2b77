import type { TimeLine, TimeReport } from '#shared/api.ts'
import { inOrderOfWork, type Line, Lines } from './lines.ts'
import { billedOnce, liveTime } from './live-time.ts'
import type { MeasuredSession } from './measured-session.ts'
import { monthOf, monthRange, MonthSpans } from './month-range.ts'
import type { Stretch } from './stretch.ts'
import { standardPolicy, type TimePolicy } from './time-policy.ts'
import { totalsOf } from './time-totals.ts'
import type { WorkedSession } from './worked-session.ts'

/** The terms by which a client's month (such as `2026-11`) is counted. */
export type PolicyOf = (client: string, month: string) => TimePolicy

/** The time a report is about: instants `[from, to)`, or a month such as `2026-11` in each client's own zone. */
export type ReportPeriod = ({ readonly from: Date; readonly to: Date } | { readonly month: string }) & {
  /** Prints only this client's lines; the minutes are those of the report on all. */
  readonly client?: string
}

/** What was worked in a period, as lines; `quarantined` are the sessions that cannot be counted, with the reason. */
export interface PrintedTime {
  readonly lines: readonly Line[]
  readonly quarantined: TimeReport['quarantined']
}

/**
 * The lines of the work inside the period; only live time inside it counts, sessions still open up to `asOf`.
 *
 * Pass every session of each person reported on that may have live time in the period: also those for other
 * clients, since a person's instant belongs to one client only, and those begun before the period. Name a client
 * in `period`, never by leaving out sessions; to report on one person, pass that person's sessions alone.
 * A session given twice counts once, as given last. The order of the sessions changes nothing. How long a mark keeps
 * a session live is a term of the month in which it began, whatever is asked about: so no instant has two owners.
 */
export function printTime(
  sessions: readonly WorkedSession[],
  policyOf: PolicyOf,
  period: ReportPeriod,
  asOf: Date,
): PrintedTime {
  const inOrder = [...new Map(sessions.map((session) => [session.id, session])).values()].toSorted(inOrderOfOpening)
  const measured = inOrder
    .filter((session) => !endsBeforeStart(session))
    .map((session) => measure(session, policyOf, asOf))
  const printed = linesOf(ownedStretches(measured, period), policyOf, rangesByZone(period))
  return {
    lines: printed.toSorted(inOrderOfWork),
    quarantined: inOrder
      .filter((session) => endsBeforeStart(session) && (period.client ?? session.client) === session.client)
      .map(({ id }) => ({ session: id, reason: 'it ends before it starts and its length is not on record' })),
  }
}

/** As `printTime`, in the shape of the API, with totals. */
export function reportTime(...asked: Parameters<typeof printTime>): TimeReport {
  const { lines, quarantined } = printTime(...asked)
  return { lines: lines.map(timeLine), totals: totalsOf(lines), quarantined }
}

function ownedStretches(measured: readonly MeasuredSession[], { client }: ReportPeriod): readonly Stretch[] {
  const stretches: Stretch[] = []
  liveTime(measured, standardPolicy, (session, from, to) => {
    if ((client ?? session.client) === session.client) stretches.push({ session, from, to })
  })
  return stretches
}

function linesOf(
  stretches: readonly Stretch[],
  policyOf: PolicyOf,
  ranges: (zone: string) => { readonly from: number; readonly to: number },
): Line[] {
  const byPolicy = new Map<TimePolicy, Lines>()
  const months = new MonthSpans()
  let billsOnce = false
  const add = ({ session, from: first, to: last }: Stretch, acrossStaff: TimePolicy['acrossStaff']): void => {
    const range = ranges(session.zone)
    const end = Math.min(last, range.to)
    for (let from = Math.max(first, range.from); from < end;) {
      const { month, to } = months.at(from, session.zone)
      const policy = policyOf(session.client, month)
      if (policy.acrossStaff === acrossStaff) linesBy(policy).add(session, from, Math.min(to, end), 1)
      else billsOnce = true
      from = to
    }
  }
  const linesBy = (policy: TimePolicy): Lines => {
    let lines = byPolicy.get(policy)
    if (lines === undefined) byPolicy.set(policy, (lines = new Lines(policy)))
    return lines
  }
  for (const stretch of stretches) add(stretch, 'sum')
  if (billsOnce) billedOnce(stretches, (session, from, to) => add({ session, from, to }, 'union'))
  return [...byPolicy.values()].flatMap((lines) => lines.printed())
}

/** Ids break ties, so that of two marks at one instant the same session wins whatever order the sessions came in. */
function inOrderOfOpening(a: WorkedSession, b: WorkedSession): number {
  return a.startedAt.getTime() - b.startedAt.getTime() || (a.id < b.id ? -1 : 1)
}

function endsBeforeStart({ live, lengthMs, startedAt, endedAt }: WorkedSession): boolean {
  return !live && lengthMs <= 0 && endedAt !== undefined && endedAt < startedAt
}

function measure(session: WorkedSession, policyOf: PolicyOf, asOf: Date): MeasuredSession {
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
    graceMs: policyOf(session.client, monthOf(start, session.zone)).graceMs,
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
