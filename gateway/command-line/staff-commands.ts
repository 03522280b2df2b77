import type { Command } from 'commander'
import { staffKeyView, staffView } from '../access/staff-view.ts'
import type { StaffMemberView } from '#shared/api.ts'
import { staffLoginArgument } from './argument-parsers.ts'
import { type Desk, OPERATOR } from './desk.ts'
import { jsonOption, type ListOptions } from './json-option.ts'
import { findStaff } from './named-things.ts'
import { staffAddCommand, staffSetCommand } from './staff-edit-commands.ts'
import { staffKeyColumns, staffKeyCommands } from './staff-key-commands.ts'
import { staffTotpCommand } from './staff-totp-command.ts'
import { shortInstant } from '../printing/short-times.ts'
import { formatTable, type Column } from '../printing/table.ts'

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
  staffAddCommand(staff, desk)
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
  staffSetCommand(staff, desk)
  switchCommand(staff, desk, 'disable')
  switchCommand(staff, desk, 'enable')
  staffKeyCommands(staff, desk)
  staffTotpCommand(staff, desk)
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
          ['from', view.from.length === 0 ? 'anywhere' : view.from.join(', ')],
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
