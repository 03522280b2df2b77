import type { Command } from 'commander'
import { reasonText } from '#shared/task-text.ts'
import { formatTaskNumber, type TaskName } from '../access/task.ts'
import { GatewayError } from '../errors.ts'
import { type Desk, OPERATOR } from './desk.ts'
import { findSession, findTask } from './named-things.ts'
import { taskNumberArgument, textArgument } from './task-arguments.ts'

interface SetOptions {
  readonly task?: TaskName
  readonly reason: string
}

/** `gatebook session set`: attaches a session to a task afterwards. */
export function sessionSetCommand(session: Command, desk: Desk): void {
  session
    .command('set')
    .description('say afterwards what a session was for; the audit trail keeps what was said before')
    .argument('<id>', 'as gatebook session list shows it')
    .option('--task <number>', 'the task it was for, such as ACME-17; a closed one too', taskNumberArgument)
    .requiredOption('--reason <text>', 'why, in a line; stands in the record of the session', textArgument(reasonText))
    .addHelpText(
      'after',
      `
Example:
  gatebook session set 01a209af --task ACME-17 --reason "the number was forgotten"`,
    )
    .action((id: string, { task: name, reason }: SetOptions) =>
      desk.withStores(async ({ stores }) => {
        const found = await findSession(stores, id)
        if (name !== undefined) await findTask(stores, name)
        const task = name && formatTaskNumber(name)
        if (name !== undefined && name.clientSlug !== found.client) {
          const hint = `see: gatebook task list --client ${found.client}`
          throw new GatewayError('bad-input', `${task} is no task of ${found.client}, whose session this is`, hint)
        }
        await stores.sessions.amendPurpose(found.id, { ...(task && { task }), reason }, OPERATOR)
        desk.note(`session ${found.id} is ${task === undefined ? 'given its reason' : `for ${task}`}`)
      }),
    )
}
