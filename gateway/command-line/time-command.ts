import { type Command, InvalidArgumentError, Option } from 'commander'
import { month, type TimeReport } from '#shared/api.ts'
import type { Client } from '../access/client.ts'
import { calendarOf } from '../billing/calendar-of-zone.ts'
import type { ReportPeriod } from '../billing/time-report.ts'
import { workedTime } from '../billing/worked-time.ts'
import { GatewayError } from '../errors.ts'
import { clientSlugArgument, staffLoginArgument } from './argument-parsers.ts'
import { formatCsv } from '../printing/csv.ts'
import type { Desk } from './desk.ts'
import { type DateOrInstant, dateOrInstantArgument } from './instant-argument.ts'
import { findClient, findStaff } from './named-things.ts'
import type { OpenStores } from './program-parts.ts'
import { quarantineLines, timeTable } from '../printing/time-table.ts'

interface TimeOptions {
  readonly client?: string
  readonly staff?: string
  readonly month?: string
  readonly from?: DateOrInstant
  readonly to?: DateOrInstant
  readonly format: 'table' | 'csv' | 'json'
  readonly json?: true
}

/** `gatebook time`: the minutes of clients, each line with the sessions it came from. */
export function timeCommand(program: Command, desk: Desk): void {
  program
    .command('time')
    .description("minutes of work per client, day, staff and task, by the client's own calendar")
    .option('--client <slug>', 'of this client only', clientSlugArgument)
    .option('--staff <login>', 'of this person only', staffLoginArgument)
    .option('--month <yyyy-mm>', 'a month such as 2026-11', monthArgument)
    .option('--from <time>', "a date in the client's zone, or RFC 3339", dateOrInstantArgument)
    .option('--to <time>', 'the same; the period ends before it', dateOrInstantArgument)
    .addOption(new Option('--format <format>', 'how to print it').choices(['table', 'csv', 'json']).default('table'))
    .addOption(new Option('--json', 'the same as --format json'))
    .addHelpText(
      'after',
      `
Examples:
  gatebook time --month 2026-11 --client acme
  gatebook time --from 2026-11-01 --to 2026-11-16 --format csv > first-half.csv`,
    )
    .action((options: TimeOptions, command: Command) => {
      if (!namesOnePeriod(options)) command.error('error: give either --month, or both --from and --to')
      return desk.withStores(async ({ stores }) => {
        const report = await reportFor(stores, options, desk.parts.clock.now())
        const format = options.json ? 'json' : options.format
        if (format === 'json') desk.printJson(report)
        else if (format === 'csv') desk.print(asCsv(report))
        else printTable(desk, report)
        if (format !== 'json') for (const line of quarantineLines(report)) desk.note(line)
      })
    })
}

function monthArgument(text: string): string {
  if (month.safeParse(text).success) return text
  throw new InvalidArgumentError('a month such as 2026-11 is expected.')
}

function namesOnePeriod({ month: named, from, to }: TimeOptions): boolean {
  return named === undefined ? from !== undefined && to !== undefined : from === undefined && to === undefined
}

async function reportFor(stores: OpenStores, options: TimeOptions, now: Date): Promise<TimeReport> {
  const client = options.client === undefined ? undefined : await findClient(stores, options.client)
  if (options.staff !== undefined) await findStaff(stores, options.staff)
  const report: TimeReport = { lines: [], totals: [], quarantined: [] }
  for (const period of await periodsOf(stores, options, client)) {
    const part = await workedTime(stores, { period, staff: options.staff }, now)
    report.lines.push(...part.lines)
    report.totals.push(...part.totals)
    report.quarantined.push(...part.quarantined)
  }
  return report
}

/** One period for all; only a date begins at an instant of its own for each client. */
async function periodsOf(
  stores: OpenStores,
  options: TimeOptions,
  client: Client | undefined,
): Promise<ReportPeriod[]> {
  const { month: named, from, to } = options
  const ofClient = client === undefined ? {} : { client: client.slug }
  if (named !== undefined) return [{ month: named, ...ofClient }]
  if (from instanceof Date && to instanceof Date) return [{ ...inOrder(from, to), ...ofClient }]
  const clients = client === undefined ? await stores.clients.list() : [client]
  return clients.map(({ slug, zone }) => {
    const range = inOrder(instantIn(zone, from!), instantIn(zone, to!))
    return { from: range.from, to: range.to, client: slug }
  })
}

function inOrder(from: Date, to: Date): { from: Date; to: Date } {
  if (from < to) return { from, to }
  throw new GatewayError('bad-input', '--from is not before --to', 'the period ends before --to')
}

function instantIn(zone: string, given: DateOrInstant): Date {
  return given instanceof Date ? given : new Date(calendarOf(zone).dayStart(given.day))
}

function printTable(desk: Desk, report: TimeReport): void {
  if (report.lines.length === 0) return desk.note('nobody worked in that time')
  desk.print(timeTable(report, { ofOnePerson: false, width: desk.parts.output.columns }))
}

function asCsv(report: TimeReport): string {
  return formatCsv(
    ['client', 'day', 'staff', 'task', 'band', 'billable', 'exact_ms', 'minutes', 'charged', 'provisional', 'sessions'],
    report.lines.map((line) => [
      line.client,
      line.day,
      line.staff,
      line.task ?? '',
      line.band ?? '',
      String(line.billable),
      line.exactMs,
      line.minutes,
      line.charged,
      String(line.provisional),
      line.sessions.join(' '),
    ]),
  )
}
