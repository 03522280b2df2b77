import { type Command, Option } from 'commander'
import { policyOfSettings } from '../access/policy.ts'
import { clientView } from '../access/client-view.ts'
import type { ClientView } from '#shared/api.ts'
import { clientSlugArgument, nameArgument, zoneArgument } from './argument-parsers.ts'
import { type Desk, OPERATOR } from './desk.ts'
import { jsonOption, type ListOptions } from './json-option.ts'
import { noteKeyLine } from './key-line-note.ts'
import { findClient } from './named-things.ts'
import type { Column } from '../printing/table.ts'
import { addPolicyOptions, policyChange, policyFacts, shownPolicy } from './policy-options.ts'

interface ClientOptions {
  readonly name: string
  readonly zone: string
  readonly language: 'ru' | 'en'
}

const columns: readonly Column<ClientView>[] = [
  { title: 'slug', text: (client) => client.slug },
  { title: 'name', text: (client) => client.name },
  { title: 'zone', text: (client) => client.zone },
  { title: 'language', text: (client) => client.language },
]

/** `gatebook client …`: the customer companies. */
export function clientCommands(program: Command, desk: Desk): void {
  const client = program.command('client').description('the customer companies')
  addCommand(client, desk)
  client
    .command('list')
    .description('every client')
    .addOption(jsonOption())
    .action((options: ListOptions) =>
      desk.withStores(async ({ stores }) => {
        desk.printList((await stores.clients.list()).map(clientView), columns, options)
      }),
    )
  client
    .command('show')
    .description('one client with its policies')
    .argument('<slug>', 'which', clientSlugArgument)
    .addOption(jsonOption())
    .action((slug: string, options: ListOptions) =>
      desk.withStores(async ({ stores, config }) => {
        const view = clientView(await findClient(stores, slug))
        const policy = shownPolicy(policyOfSettings(config), await stores.clients.policy(slug))
        const facts = columns.map((column) => [column.title, column.text(view)] as const)
        desk.printFacts({ ...view, ...policy }, [...facts, ...policyFacts(policy)], options)
      }),
    )
  setCommand(client, desk)
}

function addCommand(client: Command, desk: Desk): void {
  client
    .command('add')
    .description('add a client')
    .argument('<slug>', 'short name such as acme', clientSlugArgument)
    .requiredOption('--name <name>', 'name of the company', nameArgument)
    .requiredOption('--zone <iana>', 'zone in which its days and months begin', zoneArgument)
    .addOption(languageOption().default('en'))
    .addHelpText('after', '\nExample:\n  gatebook client add acme --name "Acme Ltd" --zone Europe/Moscow --language ru')
    .action((slug: string, options: ClientOptions) =>
      desk.withStores(async ({ stores }) => {
        const { name, zone, language } = options
        await stores.clients.add({ slug, name, zone, language }, OPERATOR)
        desk.note(`added client ${slug}; next: gatebook key issue ${slug}`)
      }),
    )
}

function setCommand(client: Command, desk: Desk): void {
  const command = client
    .command('set')
    .description('change a client, or what holds in sessions on its targets')
    .argument('<slug>', 'which', clientSlugArgument)
    .option('--name <name>', 'name of the company', nameArgument)
    .option('--zone <iana>', 'zone in which its days and months begin', zoneArgument)
    .addOption(languageOption())
  addPolicyOptions(command, 'client')
    .addHelpText(
      'after',
      `
A policy holds for every target of the client, unless gatebook target set says otherwise there. The value default
takes one away; then the gateway's own holds.

Examples:
  gatebook client set acme --zone Asia/Yekaterinburg
  gatebook client set acme --idle-end 15 --idle-warn 2`,
    )
    .action((slug: string, options: Partial<ClientOptions>) => {
      if (Object.keys(options).length === 0) command.error('error: nothing to change: give an option such as --zone')
      const { name, zone, language } = options
      const policy = policyChange(options, command)
      return desk.withStores(async ({ stores }) => {
        await findClient(stores, slug)
        await noteKeyLine({ desk, stores, clientSlug: slug }, policy, () =>
          stores.clients.set(slug, { name, zone, language, policy }, OPERATOR),
        )
        desk.note(`changed client ${slug}`)
      })
    })
}

function languageOption(): Option {
  return new Option('--language <code>', 'language of its reports and pages').choices(['ru', 'en'])
}
