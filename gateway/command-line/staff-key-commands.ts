import type { Command } from 'commander'
import { parsePublicKeyFile } from '../access/public-key-line.ts'
import { fingerprint } from '../access/fingerprint.ts'
import { staffKeyView } from '../access/staff-view.ts'
import type { StaffKeyView } from '#shared/api.ts'
import { staffLoginArgument } from './argument-parsers.ts'
import { type Desk, OPERATOR } from './desk.ts'
import { readTextFile } from './file-argument.ts'
import { shortInstant } from '../printing/short-times.ts'
import { jsonOption, type ListOptions } from './json-option.ts'
import { findStaff } from './named-things.ts'
import type { Column } from '../printing/table.ts'

export const staffKeyColumns: readonly Column<StaffKeyView>[] = [
  { title: 'type', text: (key) => key.type },
  { title: 'fingerprint', text: (key) => key.fingerprint },
  { title: 'comment', text: (key) => key.comment },
  { title: 'added', text: (key) => shortInstant(key.addedAt) },
  { title: 'last used', text: (key) => shortInstant(key.lastUsedAt) },
]

/** `gatebook staff key …`: the public keys by which a person is known. */
export function staffKeyCommands(staff: Command, desk: Desk): void {
  const key = staff.command('key').description('the public keys by which a person is known')
  addCommand(key, desk)
  removeCommand(key, desk)
  key
    .command('list')
    .description('the keys of a person')
    .argument('<login>', 'who', staffLoginArgument)
    .addOption(jsonOption())
    .action((login: string, options: ListOptions) =>
      desk.withStores(async ({ stores }) => {
        const person = await findStaff(stores, login)
        desk.printList((await stores.staff.keys(person.id)).map(staffKeyView), staffKeyColumns, options)
      }),
    )
}

function addCommand(key: Command, desk: Desk): void {
  key
    .command('add')
    .description('add public keys')
    .argument('<login>', 'whose', staffLoginArgument)
    .argument('<file|->', 'a file such as id_ed25519.pub, or - for stdin')
    .addHelpText('after', '\nExample:\n  gatebook staff key add ivan laptop.pub')
    .action(async (login: string, file: string) => {
      const keys = parsePublicKeyFile(await readTextFile(file, desk.parts.input))
      await desk.withStores(async ({ stores }) => {
        const person = await findStaff(stores, login)
        for (const each of keys) {
          await stores.staff.addKey(person.id, each, OPERATOR)
          desk.note(`added ${fingerprint(each.blob)} to ${login}`)
        }
      })
    })
}

function removeCommand(key: Command, desk: Desk): void {
  key
    .command('remove')
    .description('take a key away from a person')
    .argument('<login>', 'whose', staffLoginArgument)
    .argument('<fingerprint>', 'SHA256:… as gatebook staff key list shows it')
    .addHelpText(
      'after',
      '\nExample:\n  gatebook staff key remove ivan SHA256:uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s',
    )
    .action((login: string, print: string) =>
      desk.withStores(async ({ stores }) => {
        const person = await findStaff(stores, login)
        await stores.staff.removeKey(person.id, print, OPERATOR)
        desk.note(`removed ${print} from ${login}`)
      }),
    )
}
