import type { Command } from 'commander'
import { grantView } from '../access/grant-view.ts'
import { fullTargetName } from '../access/names.ts'
import type { GrantView } from '#shared/api.ts'
import { GatewayError } from '../errors.ts'
import { clientOrTargetArgument, clientSlugArgument, staffLoginArgument } from './argument-parsers.ts'
import { type Desk, OPERATOR } from './desk.ts'
import { untilArgument } from './instant-argument.ts'
import { jsonOption, type ListOptions } from './json-option.ts'
import { findClient, findStaff, findTarget } from './named-things.ts'
import { shortInstant } from '../printing/short-times.ts'
import type { Column } from '../printing/table.ts'

type Place = ReturnType<typeof clientOrTargetArgument>

const columns: readonly Column<GrantView>[] = [
  { title: 'id', text: (grant) => grant.id },
  { title: 'staff', text: (grant) => grant.staff },
  { title: 'reaches', text: (grant) => grant.target ?? `every target of ${grant.client}` },
  { title: 'until', text: (grant) => (grant.until === null ? '-' : shortInstant(grant.until)) },
  { title: 'state', text: (grant) => grant.state },
]

/** `gatebook grant …`: who may reach what, and until when. */
export function grantCommands(program: Command, desk: Desk): void {
  const grant = program.command('grant').description('who may reach which client or target, and until when')
  addCommand(grant, desk)
  listCommand(grant, desk)
  grant
    .command('revoke')
    .description('end a grant now; live sessions that rest on it end')
    .argument('<id>', 'as gatebook grant list shows it')
    .action((id: string) =>
      desk.withStores(async ({ stores }) => {
        const found = (await stores.grants.list()).find((each) => each.id === id)
        if (found === undefined) {
          throw new GatewayError('not-found', `there is no grant ${id}`, 'copy the id from: gatebook grant list')
        }
        await stores.grants.revoke(id, OPERATOR)
        desk.note(`revoked the grant of ${found.staffLogin} for ${placeOf(found)}`)
      }),
    )
}

function addCommand(grant: Command, desk: Desk): void {
  grant
    .command('add')
    .description('let a person reach every target of a client, or one target')
    .argument('<staff>', 'who', staffLoginArgument)
    .argument('<client|target>', 'acme for every target of it, or web1.acme', clientOrTargetArgument)
    .option(
      '--until <time>',
      'when the right ends: 8h, 7d or RFC 3339',
      untilArgument(() => desk.parts.clock.now()),
    )
    .addHelpText(
      'after',
      `
Examples:
  gatebook grant add ivan acme
  gatebook grant add ivan web1.acme --until 8h
  gatebook grant add ivan web1.acme --until 2026-12-01T00:00:00+03:00`,
    )
    .action((login: string, place: Place, options: { until?: Date }) =>
      desk.withStores(async ({ stores }) => {
        const staff = await findStaff(stores, login)
        const client = await findClient(stores, place.clientSlug)
        const target = place.name === undefined ? undefined : await findTarget(stores, { ...place, name: place.name })
        const added = await stores.grants.add(
          { staffId: staff.id, clientId: client.id, targetId: target?.id, until: options.until },
          OPERATOR,
        )
        const end = options.until === undefined ? 'until revoked' : `until ${options.until.toISOString()}`
        desk.note(
          `granted ${login} ${target === undefined ? placeOf({ clientSlug: client.slug }) : fullTargetName(target)} ${end}`,
        )
        desk.print(`${added.id}\n`)
      }),
    )
}

function listCommand(grant: Command, desk: Desk): void {
  grant
    .command('list')
    .description('every grant, ended ones included')
    .option('--staff <login>', 'of this person only', staffLoginArgument)
    .option('--client <slug>', 'for this client only', clientSlugArgument)
    .addOption(jsonOption())
    .action((options: ListOptions & { staff?: string; client?: string }) =>
      desk.withStores(async ({ stores }) => {
        if (options.staff !== undefined) await findStaff(stores, options.staff)
        if (options.client !== undefined) await findClient(stores, options.client)
        const now = desk.parts.clock.now()
        const views = (await stores.grants.list())
          .map((each) => grantView(each, now))
          .filter((view) => options.staff === undefined || view.staff === options.staff)
          .filter((view) => options.client === undefined || view.client === options.client)
        desk.printList(views, columns, options)
      }),
    )
}

function placeOf(grant: { readonly clientSlug: string; readonly targetName?: string | undefined }): string {
  return grant.targetName === undefined
    ? `every target of ${grant.clientSlug}`
    : fullTargetName({ name: grant.targetName, clientSlug: grant.clientSlug })
}
