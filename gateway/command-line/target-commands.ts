import type { Command } from 'commander'
import { type FullTargetName, fullTargetName } from '../access/names.ts'
import { policyOfSettings } from '../access/policy.ts'
import { hostKeyView, targetView } from '../access/target-view.ts'
import type { TargetView } from '#shared/api.ts'
import { clientSlugArgument, targetArgument } from './argument-parsers.ts'
import { type Desk, OPERATOR } from './desk.ts'
import { jsonOption, type ListOptions } from './json-option.ts'
import { findClient, findTarget } from './named-things.ts'
import type { Column } from '../printing/table.ts'
import { policyFacts, shownPolicy } from './policy-options.ts'
import { targetAddCommand, targetSetCommand } from './target-edit-commands.ts'
import { targetTestCommand, targetTrustCommand } from './target-reach-commands.ts'

const columns: readonly Column<TargetView>[] = [
  { title: 'target', text: (target) => target.target },
  { title: 'address', text: addressOf },
  { title: 'login', text: (target) => target.login },
  { title: 'other logins', text: (target) => target.logins.join(',') },
  { title: 'notes', text: (target) => target.notes.split('\n', 1)[0]! },
]

/** `gatebook target …`: the clients' servers. */
export function targetCommands(program: Command, desk: Desk): void {
  const target = program.command('target').description("the clients' servers")
  targetAddCommand(target, desk)
  listCommand(target, desk)
  showCommand(target, desk)
  targetSetCommand(target, desk)
  targetTrustCommand(target, desk)
  targetTestCommand(target, desk)
  target
    .command('remove')
    .description('take a target away; its sessions stay on record')
    .argument('<target.client>', 'which', targetArgument)
    .action((name: FullTargetName) =>
      desk.withStores(async ({ stores }) => {
        await stores.targets.remove(await findTarget(stores, name), OPERATOR)
        desk.note(`removed ${fullTargetName(name)}`)
      }),
    )
}

function listCommand(target: Command, desk: Desk): void {
  target
    .command('list')
    .description('every target, or those of one client')
    .option('--client <slug>', 'of this client only', clientSlugArgument)
    .addOption(jsonOption())
    .action((options: ListOptions & { client?: string }) =>
      desk.withStores(async ({ stores }) => {
        if (options.client !== undefined) await findClient(stores, options.client)
        const targets = (await stores.targets.list()).filter(
          (each) => options.client === undefined || each.clientSlug === options.client,
        )
        desk.printList(targets.map(targetView), columns, options)
      }),
    )
}

function showCommand(target: Command, desk: Desk): void {
  target
    .command('show')
    .description('one target with its trusted host keys and policies')
    .argument('<target.client>', 'which', targetArgument)
    .addOption(jsonOption())
    .action((name: FullTargetName, options: ListOptions) =>
      desk.withStores(async ({ stores, config }) => {
        const found = await findTarget(stores, name)
        const ofClient = await stores.clients.policy(found.clientSlug)
        const policy = shownPolicy(policyOfSettings(config), ofClient, await stores.targets.policy(found))
        const view = {
          ...targetView(found),
          hasPassword: (await stores.targets.sealedPassword(found.id)) !== undefined,
          hostKeys: (await stores.targets.hostKeys(found.id)).map(hostKeyView),
          ...policy,
        }
        const facts = [
          ['target', view.target],
          ['address', addressOf(view)],
          ['login', view.login],
          ['other logins', view.logins.join(', ') || '-'],
          ['signs in with', view.hasPassword ? 'support key, then its sealed password' : 'support key'],
          ['host keys', view.hostKeys.map((key) => `${key.type} ${key.fingerprint}`).join('\n') || 'none trusted yet'],
          ...policyFacts(policy),
          ['notes', view.notes || '-'],
        ] as const
        desk.printFacts(view, facts, options)
      }),
    )
}

function addressOf(target: TargetView): string {
  return target.reach === 'ssh' ? `${target.host}:${target.port}` : "a shell on the gateway's own machine"
}
