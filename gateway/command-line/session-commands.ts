import type { Command } from 'commander'
import type { SessionDetail, SessionShown } from '#shared/api.ts'
import type { SealView } from '#shared/seal.ts'
import type { TransferredFile } from '../recording/record-store.ts'
import { fileView } from '../session/file-view.ts'
import { sessionDetailView, sessionView } from '../session/session-view.ts'
import type { SessionFilter, SessionSummary } from '../session/session.ts'
import { fullTargetName, type FullTargetName } from '../access/names.ts'
import { formatTaskNumber, type TaskName } from '../access/task.ts'
import { clientSlugArgument, staffLoginArgument, targetArgument, wholeNumberArgument } from './argument-parsers.ts'
import { commandListCommand } from './command-list-command.ts'
import type { Desk } from './desk.ts'
import { fileColumns } from '../printing/file-table.ts'
import { instantArgument } from './instant-argument.ts'
import { jsonOption, type ListOptions } from './json-option.ts'
import { playCommand } from './play-command.ts'
import { findClient, findSession, findStaff } from './named-things.ts'
import type { OpenStores } from './program-parts.ts'
import { taskNumberArgument } from './task-arguments.ts'
import { sessionKillCommand } from './session-kill-command.ts'
import { sessionSetCommand } from './session-set-command.ts'
import { exportCommands } from './export-commands.ts'
import { keystrokeCommand } from './keystroke-command.ts'
import { exitText, sessionColumns } from '../printing/session-table.ts'
import { shortInstant, shortLength } from '../printing/short-times.ts'
import { type Column, formatTable } from '../printing/table.ts'

interface SessionListOptions extends ListOptions {
  readonly client?: string
  readonly staff?: string
  readonly target?: FullTargetName
  readonly task?: TaskName
  readonly from?: Date
  readonly to?: Date
  readonly live?: true
  readonly limit?: number
}

/** Rows read from the database at once. */
const PAGE_LENGTH = 200

/** `gatebook session …`: what is on record. */
export function sessionCommands(program: Command, desk: Desk): void {
  const session = program.command('session').description('the sessions on record, and what was typed and shown')
  listCommand(session, desk)
  showCommand(session, desk)
  keystrokeCommand(session, desk)
  commandListCommand(session, desk)
  exportCommands(session, desk)
  playCommand(session, desk)
  sessionKillCommand(session, desk)
  sessionSetCommand(session, desk)
}

function listCommand(session: Command, desk: Desk): void {
  session
    .command('list')
    .description('sessions, newest first')
    .option('--client <slug>', 'of this client only', clientSlugArgument)
    .option('--staff <login>', 'of this person only', staffLoginArgument)
    .option('--target <target.client>', 'on this target only', targetArgument)
    .option('--task <number>', 'on this task only, such as ACME-17', taskNumberArgument)
    .option('--from <time>', 'started at or after: a date (UTC) or RFC 3339', instantArgument)
    .option('--to <time>', 'started before', instantArgument)
    .option('--live', 'running now only')
    .option('--limit <count>', 'no more than this many', wholeNumberArgument(1, 1_000_000))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  gatebook session list --client acme --from 2026-11-01
  gatebook session list --live --json`,
    )
    .action((options: SessionListOptions) =>
      desk.withStores(async ({ stores }) => {
        if (options.client !== undefined) await findClient(stores, options.client)
        if (options.staff !== undefined) await findStaff(stores, options.staff)
        desk.printList((await findSessions(stores, options)).map(sessionView), sessionColumns, options)
      }),
    )
}

async function findSessions(stores: OpenStores, options: SessionListOptions): Promise<readonly SessionSummary[]> {
  const { client, staff, target, from, to, live, task, limit = Number.POSITIVE_INFINITY } = options
  const filter: SessionFilter = {
    ...(client === undefined ? {} : { client }),
    ...(staff === undefined ? {} : { staff }),
    ...(target === undefined ? {} : { target: fullTargetName(target) }),
    ...(task === undefined ? {} : { task: formatTaskNumber(task) }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(live === undefined ? {} : { liveOnly: true }),
    limit: Math.min(PAGE_LENGTH, limit),
  }
  const found: SessionSummary[] = []
  let page = await stores.sessions.list(filter)
  while (page.length > 0) {
    found.push(...page)
    if (found.length >= limit || page.length < filter.limit) break
    page = await stores.sessions.list({ ...filter, after: page.at(-1)!.id })
  }
  return found.slice(0, limit)
}

function showCommand(session: Command, desk: Desk): void {
  session
    .command('show')
    .description('one session with its channels and files')
    .argument('<id>', 'as gatebook session list shows it')
    .addOption(jsonOption())
    .action((id: string, options: ListOptions) =>
      desk.withStores(async ({ stores }) => {
        const found = await findSession(stores, id)
        const files = (await findFiles(stores, found.id)).map(fileView)
        const statements = await stores.sessionLog.statements(found.id)
        const view: SessionShown = {
          ...sessionDetailView(found, await stores.sessions.channels(found.id), statements),
          files,
        }
        desk.printFacts(view, factsOf(view), options)
        if (options.json) return
        const { columns: width } = desk.parts.output
        desk.print(`\n${formatTable(view.channelList, channelColumns, width)}`)
        if (files.length > 0) desk.print(`\n${formatTable(files, fileColumns, width)}`)
      }),
    )
}

async function findFiles(stores: OpenStores, id: string): Promise<readonly TransferredFile[]> {
  const found: TransferredFile[] = []
  for (let page: readonly TransferredFile[] = []; ; found.push(...page)) {
    page = await stores.records.files(id, PAGE_LENGTH, found.at(-1))
    if (page.length === 0) return found
  }
}

const channelColumns: readonly Column<ReturnType<typeof sessionDetailView>['channelList'][number]>[] = [
  { title: 'channel', right: true, text: (channel) => String(channel.channel) },
  { title: 'kind', text: (channel) => channel.kind ?? '-' },
  { title: 'command', text: (channel) => channel.command ?? '-' },
  { title: 'terminal', text: ({ terminal }) => (terminal === null ? '-' : `${terminal.columns}x${terminal.rows}`) },
  { title: 'keys', right: true, text: (channel) => String(channel.keystrokes) },
  { title: 'in', right: true, text: (channel) => String(channel.bytesIn) },
  { title: 'out', right: true, text: (channel) => String(channel.bytesOut) },
  { title: 'err', right: true, text: (channel) => String(channel.bytesErr) },
  { title: 'exit', text: exitText },
]

function factsOf(session: SessionDetail): readonly (readonly [string, string])[] {
  return [
    ['id', session.id],
    ['staff', `${session.staff} from ${session.sourceAddress}`],
    ['target', `${session.login}@${session.target}`],
    ['task', session.task ?? '-'],
    ['reason', session.reason ?? '-'],
    ['started', shortInstant(session.startedAt)],
    ['ended', shortInstant(session.endedAt)],
    ['length', shortLength(session.lengthMs)],
    ['state', session.endReason === null ? session.state : `${session.state}: ${session.endReason}`],
    ['exit', exitText(session)],
    ['keystrokes', String(session.keystrokes)],
    ['bytes', `${session.bytesIn} in, ${session.bytesOut} out`],
    ['seal', sealText(session)],
  ]
}

function sealText({ id, seal: { state, at, sealedMs } }: { readonly id: string; readonly seal: SealView }): string {
  if (state === 'none') return 'none: the log of sessions does not know it'
  const words = state === 'open' ? 'open, signed' : 'sealed'
  return `${words} to ${shortLength(sealedMs)}${at === null ? '' : ` at ${shortInstant(at)}`}; gatebook verify ${id}`
}
