import type { Command } from 'commander'
import { parsePublicKeyFile } from '../access/public-key-line.ts'
import { staffKeyView, staffView } from '../access/staff-view.ts'
import type { StaffRole } from '../access/staff.ts'
import type { StaffMemberView } from '#shared/api.ts'
import { emailArgument, nameArgument, rolesArgument, staffLoginArgument } from './argument-parsers.ts'
import { type Desk, OPERATOR } from './desk.ts'
import { readTextFile } from './file-argument.ts'
import { jsonOption, type ListOptions } from './json-option.ts'
import { findStaff } from './named-things.ts'
import { staffKeyColumns, staffKeyCommands } from './staff-key-commands.ts'
import { staffTotpCommand } from './staff-totp-command.ts'
import { shortInstant } from '../printing/short-times.ts'
import { formatTable, type Column } from '../printing/table.ts'

interface AddOptions {
  readonly name: string
  readonly email: string
  readonly role: readonly StaffRole[]
  readonly key: string
}

const columns: readonly Column<StaffMemberView>[] = [
  { title: 'login', text: (staff) => staff.login },
  { title: 'name', text: (staff) => staff.name },
  { title: 'e-mail', text: (staff) => staff.email },
  { title: 'roles', text: (staff) => staff.roles.join(',') },
  { title: '2nd factor', text: (staff) => (staff.totpSince === null ? '-' : 'yes') },
  { title: 'state', text: stateOf },
]

/** `gatebook staff …`: the people of ours. */
export function staffCommands(program: Command, desk: Desk): void {
  const staff = program.command('staff').description('the people of ours, and their public keys')
  addCommand(staff, desk)
  staff
    .command('list')
    .description('everybody, disabled people included')
    .addOption(jsonOption())
    .action((options: ListOptions) =>
      desk.withStores(async ({ stores }) => {
        desk.printList((await stores.staff.list()).map(staffView), columns, options)
      }),
    )
  showCommand(staff, desk)
  switchCommand(staff, desk, 'disable')
  switchCommand(staff, desk, 'enable')
  staffKeyCommands(staff, desk)
  staffTotpCommand(staff, desk)
}

function addCommand(staff: Command, desk: Desk): void {
  staff
    .command('add')
    .description('add a person')
    .argument('<login>', 'a-z, 0-9, . _ and -', staffLoginArgument)
    .requiredOption('--name <name>', 'full name', nameArgument)
    .requiredOption('--email <address>', 'e-mail address', emailArgument)
    .requiredOption('--role <role[,role]>', 'admin, engineer, auditor, billing', rolesArgument)
    .requiredOption('--key <file|->', 'their public keys: a file such as id_ed25519.pub, or - for stdin')
    .addHelpText(
      'after',
      `
Examples:
  gatebook staff add ivan --name "Ivan Petrov" --email ivan@example.org --role engineer --key ivan.pub
  curl -s https://github.com/ivan.keys | gatebook staff add ivan --name Ivan --email i@example.org --role admin --key -`,
    )
    .action(async (login: string, options: AddOptions) => {
      const keys = parsePublicKeyFile(await readTextFile(options.key, desk.parts.input))
      await desk.withStores(async ({ stores }) => {
        const { name, email, role: roles } = options
        await stores.staff.add({ login, name, email, roles }, keys, OPERATOR)
        desk.note(`added ${login} with ${keys.length === 1 ? 'one key' : `${keys.length} keys`}`)
      })
    })
}

function showCommand(staff: Command, desk: Desk): void {
  staff
    .command('show')
    .description('one person with their keys')
    .argument('<login>', 'who', staffLoginArgument)
    .addOption(jsonOption())
    .action((login: string, options: ListOptions) =>
      desk.withStores(async ({ stores }) => {
        const person = await findStaff(stores, login)
        const view = { ...staffView(person), keys: (await stores.staff.keys(person.id)).map(staffKeyView) }
        const facts = [
          ['login', view.login],
          ['name', view.name],
          ['e-mail', view.email],
          ['roles', view.roles.join(', ')],
          ['state', stateOf(view)],
          ['second factor', view.totpSince === null ? 'none' : `since ${shortInstant(view.totpSince)}`],
          ['keys', String(view.keys.length)],
        ] as const
        desk.printFacts(view, facts, options)
        if (!options.json) desk.print(`\n${formatTable(view.keys, staffKeyColumns, desk.parts.output.columns)}`)
      }),
    )
}

function switchCommand(staff: Command, desk: Desk, act: 'disable' | 'enable'): void {
  staff
    .command(act)
    .description(act === 'disable' ? 'lock a person out; their live sessions end' : 'let a disabled person in again')
    .argument('<login>', 'who', staffLoginArgument)
    .action((login: string) =>
      desk.withStores(async ({ stores }) => {
        await findStaff(stores, login)
        await stores.staff.setDisabled(login, act === 'disable', OPERATOR)
        desk.note(`${login} is ${act}d`)
      }),
    )
}

function stateOf(staff: StaffMemberView): string {
  return staff.disabledAt === null ? 'active' : 'disabled'
}
