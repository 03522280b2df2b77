import type { StatementBody, StatementView } from '#shared/statement.ts'
import { GatewayError } from '../errors.ts'
import { type Contract, type ContractStore, contractOf, policiesOf } from './contract.ts'
import { drawUp } from './draw-up.ts'
import { keepLedger } from './ledger.ts'
import { monthsLater, nextMonth } from './month-range.ts'
import { type StatementStore, statementView, type ClosedStatement } from './statement.ts'
import { type PrintedTime, printTime } from './time-report.ts'
import { readRange } from './worked-time.ts'
import type { WorkedSession, WorkedSessionSource } from './worked-session.ts'

/** A recording that comes later than that is not looked for any more. */
const LATE_MONTHS = 13

/** What statements are made from. */
export interface BookSources {
  readonly workedSessions: WorkedSessionSource
  readonly contracts: Pick<ContractStore, 'list'>
  readonly statements: StatementStore
}

/** A client's month that is asked about. */
export interface AskedMonth {
  readonly client: { readonly slug: string; readonly name: string; readonly zone: string }
  readonly month: string
  readonly asOf: Date
}

/** The statement as it was closed, or as it would be closed now. */
export async function statementOf(sources: BookSources, asked: AskedMonth): Promise<StatementView> {
  const closed = await closedMonths(sources, asked.client.slug)
  const stored = closed.find(({ body }) => body.month === asked.month)
  return stored === undefined ? { state: 'open', ...(await preview(sources, asked, closed)) } : statementView(stored)
}

/**
 * Closes a month. Throws `conflict` with every reason where something is open that is not accepted, and where months
 * before it are open or nothing is agreed, which cannot be accepted.
 */
export async function closeMonth(
  sources: BookSources,
  asked: AskedMonth,
  { accept, actor }: { readonly accept: boolean; readonly actor: string },
): Promise<StatementView> {
  const { client, month } = asked
  const closed = await closedMonths(sources, client.slug)
  const last = closed.at(-1)?.body.month
  if (last !== undefined && month <= last) {
    throw new GatewayError('conflict', `${month} is closed for ${client.slug} already, as is all up to ${last}`)
  }
  const body = await preview(sources, asked, closed)
  if (body.contract === null) {
    throw new GatewayError(
      'conflict',
      `nothing is agreed with ${client.slug} for ${month}`,
      'see: gatebook package set --help',
    )
  }
  const due = last === undefined ? await firstMonth(sources, client.slug) : nextMonth(last)
  if (due < month) throw new GatewayError('conflict', `${due} is still open for ${client.slug}`, `close ${due} first`)
  if (body.open.length > 0 && !accept) {
    const lines = [`${month} cannot be closed for ${client.slug} yet:`, ...body.open]
    throw new GatewayError(
      'conflict',
      lines.join('\n'),
      'settle that, or close it with --accept: the statement lists it then',
    )
  }
  return statementView(await sources.statements.close(body, last, actor))
}

/** Draws up every month since the last closed one: each carries over to the next. */
async function preview(
  sources: BookSources,
  { client, month, asOf }: AskedMonth,
  closed: readonly ClosedStatement[],
): Promise<StatementBody> {
  const contracts = await sources.contracts.list()
  const own = contracts.filter((each) => each.client === client.slug)
  const last = closed.at(-1)?.body
  if (last !== undefined && month < last.month) {
    throw new GatewayError('conflict', `${month} was passed over: ${last.month} was the first month closed behind it`)
  }
  const first = last === undefined ? (own[0]?.validFrom.slice(0, 7) ?? month) : nextMonth(last.month)
  const count = new MonthCount(sources, contracts, asOf)
  let carriedIn = last?.carriedOut ?? []
  for (let each = first < month ? first : month; ; each = nextMonth(each)) {
    const { time, sessions } = await count.month(client.slug, each)
    const body = drawUp({
      client,
      month: each,
      contract: contractOf(own, each),
      time,
      sessions,
      carriedIn,
      corrections: each === first ? await correctionsFor(each, { client: client.slug, time, closed, count }) : [],
      asOf,
      zoneData: process.versions.tz ?? 'unknown',
    })
    if (each === month) return body
    carriedIn = body.carriedOut
  }
}

/** Counts months of clients from the record. */
class MonthCount {
  readonly #sources: BookSources
  readonly #contracts: readonly Contract[]
  readonly #asOf: Date

  constructor(sources: BookSources, contracts: readonly Contract[], asOf: Date) {
    this.#sources = sources
    this.#contracts = contracts
    this.#asOf = asOf
  }

  async month(client: string, month: string): Promise<{ time: PrintedTime; sessions: Map<string, WorkedSession> }> {
    // Every session of the time, whatever its client: an instant of a person belongs to one.
    const sessions = await this.#sources.workedSessions.workedSessions(readRange({ month }))
    const time = printTime(sessions, policiesOf(this.#contracts), { month, client }, this.#asOf)
    return { time, sessions: new Map(sessions.map((each) => [each.id, each])) }
  }
}

/** What the open month takes over for closed ones, where they count to something else by now. */
async function correctionsFor(
  openMonth: string,
  known: {
    readonly client: string
    readonly time: PrintedTime
    readonly closed: readonly ClosedStatement[]
    readonly count: MonthCount
  },
): Promise<StatementBody['corrections']> {
  const settled = new Map<string, number>()
  for (const { body } of known.closed) {
    settled.set(body.month, (settled.get(body.month) ?? 0) + body.totals.charged)
    for (const { ref, minutes } of body.corrections) settled.set(ref, (settled.get(ref) ?? 0) + minutes)
  }
  const oldest = monthsLater(openMonth, -LATE_MONTHS)
  const looked = new Map([...settled].filter(([month]) => month >= oldest))
  const computed = new Map([[openMonth, chargedOf(known.time)]])
  for (const month of looked.keys()) {
    computed.set(month, chargedOf((await known.count.month(known.client, month)).time))
  }
  const { corrections } = keepLedger({ computed, closed: looked, openMonth, adjustments: [] })
  return corrections.map(({ ref, minutes, kind }) => ({ ref, minutes, kind }))
}

function chargedOf({ lines }: PrintedTime): number {
  return lines.reduce((total, { charged }) => total + charged, 0)
}

async function firstMonth({ contracts }: BookSources, client: string): Promise<string> {
  return (await contracts.list(client))[0]!.validFrom.slice(0, 7)
}

/** Oldest first. */
async function closedMonths({ statements }: BookSources, client: string): Promise<readonly ClosedStatement[]> {
  return (await statements.list({ client })).toReversed()
}
