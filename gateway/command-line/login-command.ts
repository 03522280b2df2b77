import { type Command, Option } from 'commander'
import { newSignInLink } from '../access/sign-in-link.ts'
import { LINK_LIFETIME_S, type Principal } from '../access/sign-in.ts'
import { GatewayError } from '../errors.ts'
import { clientSlugArgument, staffLoginArgument } from './argument-parsers.ts'
import type { Desk } from './desk.ts'
import { findClient, findStaff } from './named-things.ts'
import type { OpenStores } from './program-parts.ts'

interface LoginOptions {
  readonly client?: string
  readonly role: 'owner' | 'viewer'
}

/** `gatebook login`: a one-time link to the web pages, for a person of ours or of a client. */
export function loginCommand(program: Command, desk: Desk): void {
  program
    .command('login')
    .description(`print a link to the web pages, good once and for ${LINK_LIFETIME_S} s`)
    .argument('[staff]', 'who of ours', staffLoginArgument)
    .option('--client <slug>', 'somebody of this client instead', clientSlugArgument)
    .addOption(
      new Option('--role <role>', 'what they may do; an owner may pause and revoke')
        .choices(['owner', 'viewer'])
        .default('owner'),
    )
    .addHelpText('after', '\nExamples:\n  gatebook login ivan\n  gatebook login --client acme')
    .action((login: string | undefined, options: LoginOptions, command: Command) => {
      if ((login === undefined) === (options.client === undefined)) {
        command.error('error: give either the login of a staff member or --client SLUG')
      }
      return desk.withStores(async ({ stores, config }) => {
        const principal = await principalOf(stores, login, options)
        const parts = { signIns: stores.signIns, clock: desk.parts.clock, publicUrl: config.publicUrl }
        desk.print(`${await newSignInLink(parts, principal)}\n`)
        desk.note(`the link is good once, for ${LINK_LIFETIME_S} s`)
      })
    })
}

async function principalOf(stores: OpenStores, login: string | undefined, options: LoginOptions): Promise<Principal> {
  if (login === undefined) {
    return { kind: 'client-user', clientId: (await findClient(stores, options.client!)).id, role: options.role }
  }
  const staff = await findStaff(stores, login)
  if (staff.disabledAt !== undefined) {
    throw new GatewayError(
      'not-allowed',
      `${login} is disabled`,
      `let them in again with: gatebook staff enable ${login}`,
    )
  }
  return { kind: 'staff', staffId: staff.id }
}
