import { type Command, InvalidArgumentError, Option } from 'commander'
import type { TaskKind, TaskStatus, TaskView } from '#shared/task.ts'
import { ESTIMATE_MINUTES_MAX, taskNote, taskTitle } from '#shared/task-text.ts'
import { type Task, type TaskMove, type TaskName } from '../access/task.ts'
import { taskView } from '../access/task-view.ts'
import { clientSlugArgument, wholeNumberArgument } from './argument-parsers.ts'
import { type Desk, OPERATOR } from './desk.ts'
import { instantArgument } from './instant-argument.ts'
import { jsonOption, type ListOptions } from './json-option.ts'
import { findClient, findTask } from './named-things.ts'
import type { OpenStores } from './program-parts.ts'
import { taskNumberArgument, textArgument } from './task-arguments.ts'
import { shortInstant, shortLength } from '../printing/short-times.ts'
import type { Column } from '../printing/table.ts'

interface AddOptions extends ListOptions {
  readonly kind: TaskKind
  readonly note: string
  readonly estimate?: number
  readonly raisedAt?: Date
}

interface TaskListOptions extends ListOptions {
  readonly client?: string
  readonly status?: TaskStatus
}

/** Rows read from the database at once. */
const PAGE_LENGTH = 200

const columns: readonly Column<TaskView>[] = [
  { title: 'number', text: (task) => task.number },
  { title: 'kind', text: (task) => task.kind },
  { title: 'status', text: (task) => task.status },
  { title: 'raised', text: (task) => shortInstant(task.raisedAt) },
  { title: 'by', text: (task) => task.raisedBy },
  { title: 'reaction', right: true, text: reactionText },
  { title: 'title', text: (task) => task.title },
]

/** `gatebook task …`: agreed pieces of work. */
export function taskCommands(program: Command, desk: Desk): void {
  const task = program.command('task').description('agreed pieces of work, which sessions are attached to')
  addCommand(task, desk)
  listCommand(task, desk)
  task
    .command('show')
    .description('one task')
    .argument('<number>', 'such as ACME-17', taskNumberArgument)
    .addOption(jsonOption())
    .action((name: TaskName, options: ListOptions) =>
      desk.withStores(async ({ stores }) => {
        const view = taskView(await findTask(stores, name))
        desk.printFacts(view, factsOf(view), options)
      }),
    )
  moveCommand(task, desk, { move: 'close', description: 'close a task: no session is attached to it by ssh any more' })
  moveCommand(task, desk, { move: 'reopen', description: 'open a closed task again' })
}

function addCommand(task: Command, desk: Desk): void {
  task
    .command('add')
    .description('raise a task; prints its number')
    .argument('<client>', 'whose', clientSlugArgument)
    .argument('<title>', 'what is to be done, in a line', textArgument(taskTitle))
    .addOption(new Option('--kind <kind>', 'what it is').choices(['request', 'incident']).default('request'))
    .option('--note <text>', 'what else is known', textArgument(taskNote), '')
    .option('--estimate <minutes>', 'how long it will take', wholeNumberArgument(1, ESTIMATE_MINUTES_MAX))
    .option('--raised-at <time>', 'now unless said: a date (UTC) or RFC 3339', pastArgument(desk))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  gatebook task add acme "Renew the certificate of the shop" --estimate 30
  gatebook task add acme "The shop is down" --kind incident --raised-at 2026-11-23T03:12:00+03:00`,
    )
    .action((clientSlug: string, title: string, options: AddOptions) =>
      desk.withStores(async ({ stores }) => {
        await findClient(stores, clientSlug)
        const { kind, note, estimate: estimateMinutes, raisedAt = desk.parts.clock.now() } = options
        const added = await stores.tasks.add({ clientSlug, title, kind, note, estimateMinutes, raisedAt }, OPERATOR)
        desk.note(`raised ${added.number}`)
        if (options.json) desk.printJson(taskView(added))
        else desk.print(`${added.number}\n`)
      }),
    )
}

function listCommand(task: Command, desk: Desk): void {
  task
    .command('list')
    .description('tasks, newest first')
    .option('--client <slug>', 'of this client only', clientSlugArgument)
    .addOption(new Option('--status <status>', 'only those that are').choices(['open', 'closed']))
    .addOption(jsonOption())
    .action((options: TaskListOptions) =>
      desk.withStores(async ({ stores }) => {
        if (options.client !== undefined) await findClient(stores, options.client)
        desk.printList((await findTasks(stores, options)).map(taskView), columns, options)
      }),
    )
}

async function findTasks(stores: OpenStores, { client, status }: TaskListOptions): Promise<readonly Task[]> {
  const filter = { ...(client && { client }), ...(status && { status }), limit: PAGE_LENGTH }
  const tasks: Task[] = []
  let page = await stores.tasks.list(filter)
  while (page.length > 0) {
    tasks.push(...page)
    page = page.length < PAGE_LENGTH ? [] : await stores.tasks.list({ ...filter, after: page.at(-1)!.id })
  }
  return tasks
}

function moveCommand(task: Command, desk: Desk, { move, description }: { move: TaskMove; description: string }): void {
  task
    .command(move)
    .description(description)
    .argument('<number>', 'such as ACME-17', taskNumberArgument)
    .action((name: TaskName) =>
      desk.withStores(async ({ stores }) => {
        await findTask(stores, name)
        const { number, status } = await stores.tasks.move(name, move, OPERATOR)
        desk.note(`${number} is ${status}`)
      }),
    )
}

function factsOf(task: TaskView): readonly (readonly [string, string])[] {
  return [
    ['number', task.number],
    ['client', task.client],
    ['kind', task.kind],
    ['title', task.title],
    ['note', task.note === '' ? '-' : task.note],
    ['status', task.status],
    ['estimate', task.estimateMinutes === null ? '-' : `${task.estimateMinutes} min`],
    ['raised', `${shortInstant(task.raisedAt)} by ${task.raisedBy}`],
    ['closed', task.closedBy === null ? '-' : `${shortInstant(task.closedAt)} by ${task.closedBy}`],
    ['first session', shortInstant(task.firstSessionAt)],
    ['reaction', reactionText(task)],
  ]
}

function reactionText({ reactionMs }: TaskView): string {
  return reactionMs === null ? '-' : shortLength(reactionMs)
}

function pastArgument(desk: Desk): (text: string) => Date {
  return (text) => {
    const instant = instantArgument(text)
    if (instant <= desk.parts.clock.now()) return instant
    throw new InvalidArgumentError('that time is still to come.')
  }
}
