import { setTimeout as passed } from 'node:timers/promises'
import type { Command } from 'commander'
import { reasonText } from '#shared/task-text.ts'
import { GatewayError } from '../errors.ts'
import { killedText } from '../session/killed-text.ts'
import type { SessionSummary } from '../session/session.ts'
import { type Desk, OPERATOR } from './desk.ts'
import { findSession } from './named-things.ts'
import type { OpenStores } from './program-parts.ts'
import { textArgument } from './task-arguments.ts'

interface KillOptions {
  readonly message?: string
}

/** A gateway that runs ends it within one second; then its record is archived. */
const PATIENCE_MS = 10_000
const LOOK_MS = 100

/** `gatebook session kill`: ends a live session, and says so to whoever is in it. */
export function sessionKillCommand(session: Command, desk: Desk): void {
  session
    .command('kill')
    .description('end a live session at once, on whichever gateway it is')
    .argument('<id>', 'as gatebook session list --live shows it')
    .option('--message <text>', 'a line for whoever is in it; stands in the record', textArgument(reasonText))
    .addHelpText(
      'after',
      `
Example:
  gatebook session kill 01a209af --message "the maintenance is over; call Olga"`,
    )
    .action((id: string, { message }: KillOptions) =>
      desk.withStores(async ({ stores }) => {
        const found = await findSession(stores, id)
        await stores.sessions.askEnd(found.id, killedText(OPERATOR, message), OPERATOR)
        await untilEnded(stores, found)
        desk.note(`ended session ${found.id} of ${found.staff} on ${found.target}`)
      }),
    )
}

async function untilEnded(stores: OpenStores, { id }: SessionSummary): Promise<void> {
  const patience = Date.now() + PATIENCE_MS
  while ((await stores.sessions.show(id))?.state === 'live') {
    if (Date.now() > patience) {
      const hint = 'if that gateway is down the session is too, and is closed on record when it starts again'
      throw new GatewayError('conflict', `the gateway of session ${id} has not said yet that it ended`, hint)
    }
    await passed(LOOK_MS)
  }
}
