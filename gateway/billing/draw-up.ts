import type { StatementBody, StatementLine } from '#shared/statement.ts'
import { calendarOf } from './calendar-of-zone.ts'
import type { Contract } from './contract.ts'
import { contractView } from './contract-view.ts'
import type { Line } from './lines.ts'
import { balanceMonth, type MonthBalance } from './month-balance.ts'
import { invoice } from './money.ts'
import { monthRange } from './month-range.ts'
import type { PackageLine, Pool } from './package.ts'
import type { PrintedTime } from './time-report.ts'
import type { WorkedSession } from './worked-session.ts'

/** Of the rules in billing/: a change of what they give for the same work is a new one. */
const RULES = 1

/** All that the statement of a month follows from. */
export interface MonthFacts {
  readonly client: { readonly slug: string; readonly name: string; readonly zone: string }
  readonly month: string
  readonly contract: Contract | undefined
  readonly time: PrintedTime
  /** By id; all that `time` names. */
  readonly sessions: ReadonlyMap<string, Pick<WorkedSession, 'startedAt' | 'target'>>
  readonly carriedIn: readonly Pool[]
  readonly corrections: StatementBody['corrections']
  readonly asOf: Date
  readonly zoneData: string
}

/** The statement of one month. Totals are sums of its lines. */
export function drawUp(facts: MonthFacts): StatementBody {
  const { client, month, contract, time, corrections } = facts
  const lineOf = new Map(time.lines.map((line) => [packageLine(line), line]))
  const charged = [...lineOf.keys()].filter(({ minutes }) => minutes > 0)
  const balanced = balanceMonth({ ...facts, lines: charged })
  const lines = [...lineOf].map(([drawn, line]) => statementLine(line, drawn, { facts, balanced }))
  const { balance } = balanced
  return {
    client: client.slug,
    name: client.name,
    month,
    zone: client.zone,
    rules: RULES,
    zoneData: facts.zoneData,
    asOf: facts.asOf.toISOString(),
    contract: contract === undefined ? null : contractView(contract),
    lines,
    corrections,
    totals: {
      exactMs: sum(lines, 'exactMs'),
      minutes: sum(lines, 'minutes'),
      charged: sum(lines, 'charged'),
      corrected: sum(corrections, 'minutes'),
    },
    balance,
    carriedOut: [...balanced.carriedOut],
    invoice: contract === undefined ? null : invoiced(contract, balance.overageAgreed),
    quarantined: time.quarantined,
    open: reasonsOf(facts, lines, balance.overagePending),
  }
}

/** In the order in which it is printed: by the instant, for on the night of a change a local hour comes twice. */
function packageLine(line: Line): PackageLine {
  const at = new Date(line.firstAt).toISOString()
  return { day: line.day, at, staff: line.staff, task: line.task, minutes: line.charged }
}

function localTime(instant: number, zone: string): string {
  const { offsetMs } = calendarOf(zone).offsetAt(instant)
  return new Date(instant + offsetMs).toISOString().slice(11, 16)
}

function statementLine(
  line: Line,
  drawn: PackageLine,
  { facts, balanced }: { readonly facts: MonthFacts; readonly balanced: MonthBalance },
): StatementLine {
  const use = balanced.use.lines.find((each) => each.line === drawn)
  const first = facts.sessions.get(line.sessions[0]!)!
  return {
    day: line.day,
    at: localTime(line.firstAt, facts.client.zone),
    staff: line.staff,
    task: line.task,
    band: line.band,
    billable: line.billable,
    exactMs: line.exactMs,
    minutes: line.minutes,
    charged: line.charged,
    covered: use?.covered ?? 0,
    overageAgreed: use?.overageApproved ?? 0,
    overagePending: use?.overagePending ?? 0,
    provisional: line.provisional,
    sessions: line.sessions.map((id) => ({ id, target: facts.sessions.get(id)!.target })),
    replayMs: line.firstAt - first.startedAt.getTime(),
  }
}

function invoiced({ terms }: Contract, minutes: number): NonNullable<StatementBody['invoice']> {
  const { rateMinorPerHour, currency, vat } = terms
  const { netMinor, vatMinor, grossMinor } = invoice([{ minutes, rateMinorPerHour }], vat)
  return {
    minutes,
    currency,
    rateMinorPerHour,
    netMinor,
    vatPercent: vat.percent,
    vatIncluded: vat.included,
    vatMinor,
    grossMinor,
  }
}

function reasonsOf(
  { client, month, time, asOf }: MonthFacts,
  lines: readonly StatementLine[],
  pending: number,
): string[] {
  const ends = monthRange(month, client.zone).to
  const live = lines.filter(({ provisional }) => provisional)
  return [
    asOf < ends ? [`the month is not over: it ends ${ends.toISOString()}`] : [],
    live.map(({ day, staff, sessions }) => `${staff} still works on a line of ${day}: session ${sessions.at(-1)!.id}`),
    time.quarantined.map(({ session, reason }) => `session ${session} is not counted: ${reason}`),
    pending > 0 ? [`${pending} minutes beyond the package wait for the client's consent`] : [],
  ].flat()
}

function sum<Name extends string>(items: readonly Readonly<Record<Name, number>>[], name: Name): number {
  return items.reduce((total, item) => total + item[name], 0)
}
