import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { auditView } from '../access/audit-view.ts'
import type { AuditEvent, AuditFilter, AuditTrail } from '../access/audit-trail.ts'
import { printable } from '#shared/printable.ts'
import { shortInstant } from '../printing/short-times.ts'
import { clientSlugArgument, wholeNumberArgument } from './argument-parsers.ts'
import type { Desk } from './desk.ts'
import { instantArgument } from './instant-argument.ts'
import { jsonOption, type ListOptions } from './json-option.ts'

interface AuditOptions extends ListOptions {
  readonly actor?: string
  readonly action?: string
  readonly client?: string
  readonly from?: Date
  readonly to?: Date
  readonly limit?: number
  readonly follow?: true
}

/** Rows read from the database at once. */
const PAGE_LENGTH = 200
/** As `tail -f` begins. */
const FOLLOWED_BEFORE = 10
const LOOK_MS = 500

/** `gatebook audit`: who did what, in order of time. */
export function auditCommand(program: Command, desk: Desk): void {
  program
    .command('audit')
    .description('the audit trail: who did what to whom, oldest first')
    .option('--actor <name>', 'done by: staff:LOGIN, client:SLUG, operator (a command like this one) or gateway')
    .option('--action <name>', 'an action, or how it begins, such as support-key.')
    .option('--client <slug>', 'concerning this client only', clientSlugArgument)
    .option('--from <time>', 'at or after: a date (UTC) or RFC 3339', instantArgument)
    .option('--to <time>', 'before', instantArgument)
    .option('--limit <count>', 'the newest ones, no more than this many', wholeNumberArgument(1, 1_000_000))
    .option('--follow', `the ${FOLLOWED_BEFORE} newest ones, and what comes until Ctrl+C`)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
With --follow, --json prints an object a line. Entries are chained: gatebook verify --all finds one that was altered.

Examples:
  gatebook audit --client acme --from 2026-11-01
  gatebook audit --action support-key. --follow`,
    )
    .action((options: AuditOptions) =>
      desk.withStores(async ({ stores }) => {
        if (options.follow) return await follow(desk, stores.auditTrail, options)
        const events = await newest(stores.auditTrail, options, options.limit ?? Number.POSITIVE_INFINITY)
        if (options.json) desk.printJson(events.map(auditView))
        else if (events.length === 0) desk.note('there is nothing to list')
        else desk.print(events.map(lineOf).join(''))
      }),
    )
}

async function newest(trail: AuditTrail, options: AuditOptions, limit: number): Promise<AuditEvent[]> {
  const filter = filterOf(options)
  const found: AuditEvent[] = []
  for (let page: readonly AuditEvent[] | undefined; page === undefined || page.length === PAGE_LENGTH;) {
    const before = found.at(-1)?.id
    page = await trail.list({ ...filter, ...(before !== undefined && { before }), limit: PAGE_LENGTH })
    found.push(...page)
    if (found.length >= limit) break
  }
  return found.slice(0, limit).toReversed()
}

async function follow(desk: Desk, trail: AuditTrail, options: AuditOptions): Promise<void> {
  const interrupted = desk.parts.interruption()
  const show = (events: readonly AuditEvent[]) => {
    for (const event of events) desk.print(options.json ? `${JSON.stringify(auditView(event))}\n` : lineOf(event))
  }
  const [last] = await trail.list({ limit: 1 })
  const before = await newest(trail, options, options.limit ?? FOLLOWED_BEFORE)
  show(before)
  let after = Math.max(last?.id ?? 0, before.at(-1)?.id ?? 0)
  while (!interrupted.aborted) {
    const events = await trail.list({ ...filterOf(options), after, limit: PAGE_LENGTH })
    show(events)
    after = events.at(-1)?.id ?? after
    if (events.length < PAGE_LENGTH) await sleep(LOOK_MS, undefined, { signal: interrupted }).catch(() => {})
  }
}

function filterOf({ actor, action, client, from, to }: AuditOptions): Omit<AuditFilter, 'limit'> {
  return {
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(client !== undefined && { client }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  }
}

function lineOf({ at, actor, action, subject, detail }: AuditEvent): string {
  const more = Object.keys(detail).length === 0 ? '' : `  ${JSON.stringify(detail)}`
  return `${shortInstant(at.toISOString())}  ${printable(`${actor}  ${action}  ${subject}${more}`)}\n`
}
