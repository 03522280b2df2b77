import type { Command } from 'commander'
import { GatewayError } from '../errors.ts'
import { printable } from '#shared/printable.ts'
import { verificationText, verificationView } from '../recording/seal/verification-view.ts'
import { verdictOnRecord } from '../session/verify-recorded-session.ts'
import type { Desk } from './desk.ts'
import { jsonOption, type ListOptions } from './json-option.ts'
import { findSession } from './named-things.ts'
import type { OpenStores } from './program-parts.ts'

/** `gatebook verify`: whether a record is still what was signed. */
export function verifyCommand(program: Command, desk: Desk): void {
  program
    .command('verify')
    .description('whether a session is still on record as it was signed; names the first event that is not')
    .argument('<session>', 'as gatebook session list shows it')
    .addOption(jsonOption())
    .addHelpText('after', '\nExit status 0: intact; 1: altered.')
    .action((id: string, options: ListOptions) =>
      desk.withStores(async ({ stores }) => {
        const session = await knownId(stores, id)
        const view = verificationView(session, await verdictOnRecord(stores, session))
        if (options.json) desk.printJson(view)
        else desk.print(`${session}  ${printable(verificationText(view))}\n`)
        if (view.verdict === 'altered') desk.parts.setExitCode(1)
      }),
    )
}

/** A session that is not in the database any more may still be known to the log. */
async function knownId(stores: OpenStores, id: string): Promise<string> {
  try {
    return (await findSession(stores, id)).id
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'not-found' && (await isLogged(stores, id))) return id
    throw error
  }
}

async function isLogged(stores: OpenStores, id: string): Promise<boolean> {
  return (await stores.sessionLog.statements(id)).log.length > 0
}
