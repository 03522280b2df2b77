import { type Line, Lines } from '../lines.ts'
import { liveTime } from '../live-time.ts'
import type { MeasuredSession } from '../measured-session.ts'
import type { TimePolicy } from '../time-policy.ts'
import { totalsOf } from '../time-totals.ts'
import type { SessionInput, TimeInput } from './time-input.ts'
import type { CasePolicy, MarkKind } from './time-policy-input.ts'

const REQUESTS = ['exec', 'scp', 'sftp']

/** The lines and totals of a case, in the notation of the file. */
export function computeTime(input: TimeInput, { terms, marks, bands }: CasePolicy) {
  const policy: TimePolicy = { ...terms, afterHours: bands ? input.contract : undefined }
  const once = new Map(input.sessions.map((session) => [session.id, session]))
  const measured = [...once.values()]
    .filter((session) => !isQuarantined(session))
    .map((session) => measure(session, input, { marks, graceMs: policy.graceMs }))
  const lines = new Lines(policy)
  liveTime(measured, policy, (...time) => lines.add(...time))
  const printed = lines.printed()
  return {
    lines: printed.map((line) => lineOutput(line, policy)),
    billable_minutes: Object.fromEntries(totalsOf(printed).map(({ client, charged }) => [client, charged])),
    by_month: chargedByMonth(printed),
  }
}

function isQuarantined({ start, end, mono_s: lengthMs }: SessionInput): boolean {
  return lengthMs === undefined && typeof end === 'number' && end < start
}

interface Counted {
  readonly marks: readonly MarkKind[]
  readonly graceMs: number
}

function measure(session: SessionInput, input: TimeInput, { marks, graceMs }: Counted): MeasuredSession {
  const { id, client, staff, billable, start, mono_s: lengthMs } = session
  const switches = session.task_switch.toSorted(([a], [b]) => a - b)
  return {
    id,
    client,
    zone: input.client_tz[client]!,
    staff,
    billable,
    start,
    end: lengthMs === undefined ? (session.end ?? input.as_of!) : start + lengthMs,
    live: lengthMs === undefined && session.end === null,
    tasks: [{ from: start, task: session.task }, ...switches.map(([offset, task]) => ({ from: start + offset, task }))],
    marks: marksOf(session, marks),
    graceMs,
  }
}

/** Opening a session to watch another's is no work; a request for a command or for files is made as it opens. */
function marksOf({ kind, input, output }: SessionInput, counted: readonly MarkKind[]): Float64Array {
  const opens = counted.includes('open') && kind !== 'watch'
  const requests = counted.includes('exec') && REQUESTS.some((each) => each === kind)
  return Float64Array.from(
    [
      opens || requests ? [0] : [],
      counted.includes('input') ? input : [],
      counted.includes('output') ? output : [],
    ].flat(),
  ).sort()
}

function lineOutput(line: Line, policy: TimePolicy): Record<string, unknown> {
  const keyed = { ...line, session: line.sessions[0] }
  return {
    client: line.client,
    month: line.month,
    ...Object.fromEntries(policy.line.map((key) => [key, keyed[key]])),
    seconds: line.exactMs / 1000,
    minutes: line.minutes,
    charged: line.charged,
    billable: line.billable,
  }
}

function chargedByMonth(lines: readonly Line[]): Record<string, Record<string, number>> {
  const byClient = new Map<string, Record<string, number>>()
  for (const { client, month, charged } of lines) {
    const byMonth = byClient.get(client) ?? {}
    byClient.set(client, { ...byMonth, [month]: (byMonth[month] ?? 0) + charged })
  }
  return Object.fromEntries(byClient)
}
