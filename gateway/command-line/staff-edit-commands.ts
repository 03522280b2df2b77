import type { Command } from 'commander'
import { parsePublicKeyFile } from '../access/public-key-line.ts'
import type { StaffRole } from '../access/staff.ts'
import { emailArgument, nameArgument, networksArgument, rolesArgument, staffLoginArgument } from './argument-parsers.ts'
import { type Desk, OPERATOR } from './desk.ts'
import { readTextFile } from './file-argument.ts'
import { findStaff } from './named-things.ts'

interface StaffOptions {
  readonly name: string
  readonly email: string
  readonly role: readonly StaffRole[]
  readonly from?: readonly string[]
}

const ROLES = 'admin, engineer, auditor, billing'

/** `gatebook staff add`. */
export function staffAddCommand(staff: Command, desk: Desk): void {
  const command = staff
    .command('add')
    .description('add a person')
    .argument('<login>', 'a-z, 0-9, . _ and -', staffLoginArgument)
    .requiredOption('--name <name>', 'full name', nameArgument)
    .requiredOption('--email <address>', 'e-mail address', emailArgument)
    .requiredOption('--role <role[,role]>', ROLES, rolesArgument)
    .requiredOption('--key <file|->', 'their public keys: a file such as id_ed25519.pub, or - for stdin')
  withFrom(command)
    .addHelpText(
      'after',
      `
Examples:
  gatebook staff add ivan --name "Ivan Petrov" --email ivan@example.org --role engineer --key ivan.pub
  curl -s https://github.com/ivan.keys | gatebook staff add ivan --name Ivan --email i@example.org --role admin --key -`,
    )
    .action(async (login: string, { key, role: roles, ...about }: StaffOptions & { key: string }) => {
      const keys = parsePublicKeyFile(await readTextFile(key, desk.parts.input))
      await desk.withStores(async ({ stores }) => {
        await stores.staff.add({ login, roles, ...about }, keys, OPERATOR)
        desk.note(`added ${login} with ${keys.length === 1 ? 'one key' : `${keys.length} keys`}`)
      })
    })
}

/** `gatebook staff set`. */
export function staffSetCommand(staff: Command, desk: Desk): void {
  const command = staff
    .command('set')
    .description('change a person, or where they may come from')
    .argument('<login>', 'who', staffLoginArgument)
    .option('--name <name>', 'full name', nameArgument)
    .option('--email <address>', 'e-mail address', emailArgument)
    .option('--role <role[,role]>', `${ROLES}; instead of those before`, rolesArgument)
  withFrom(command)
    .addHelpText(
      'after',
      `
From anywhere else, their keys are refused like keys nobody knows, and what they have open from there is closed.

Examples:
  gatebook staff set ivan --from 203.0.113.7,198.51.100.0/24,2001:db8:7::/48
  gatebook staff set ivan --from any`,
    )
    .action((login: string, { role, ...about }: Partial<StaffOptions>) => {
      const change = { ...about, ...(role === undefined ? {} : { roles: role }) }
      if (Object.keys(change).length === 0) command.error('error: nothing to change: give an option such as --from')
      return desk.withStores(async ({ stores }) => {
        await findStaff(stores, login)
        await stores.staff.set(login, change, OPERATOR)
        desk.note(`changed ${login}`)
      })
    })
}

function withFrom(command: Command): Command {
  const meaning = 'the addresses and networks they may come from; any: from anywhere'
  return command.option('--from <network[,network]>', meaning, networksArgument)
}
