import type { Command } from 'commander'
import { fingerprint } from '../access/fingerprint.ts'
import type { KeyLineTerms } from '../access/authorized-keys-line.ts'
import { supportKeyView } from '../access/support-key-view.ts'
import type { SupportKeyMove } from '../access/support-key.ts'
import type { Config } from '../config.ts'
import { GatewayError } from '../errors.ts'
import { makeSupportKeyPair } from '../vault/support-key-pair.ts'
import type { SupportKeyView } from '#shared/api.ts'
import { clientSlugArgument } from './argument-parsers.ts'
import { type Desk, OPERATOR } from './desk.ts'
import { jsonOption, type ListOptions } from './json-option.ts'
import { findClient } from './named-things.ts'
import type { OpenStores } from './program-parts.ts'
import { shortInstant } from '../printing/short-times.ts'

const moves: Readonly<Record<SupportKeyMove, { description: string; done: string }>> = {
  pause: { description: "close the client's servers for now; live sessions end", done: 'paused' },
  resume: { description: 'open them again', done: 'active' },
  revoke: { description: 'close them for good and destroy the private half; live sessions end', done: 'revoked' },
}

/** `gatebook key …`: the key pair the gateway uses on all targets of one client. */
export function keyCommands(program: Command, desk: Desk): void {
  const key = program.command('key').description("a client's support key: what the gateway signs in with")
  issueCommand(key, desk)
  showCommand(key, desk)
  for (const move of ['pause', 'resume', 'revoke'] as const) moveCommand(key, desk, move)
}

function issueCommand(key: Command, desk: Desk): void {
  key
    .command('issue')
    .description('make the support key of a client; its private half is never shown')
    .argument('<client>', 'whose', clientSlugArgument)
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  gatebook key issue acme')
    .action((slug: string, options: ListOptions) =>
      desk.withStores(async ({ stores, config, vault }) => {
        const client = await findClient(stores, slug)
        const pair = makeSupportKeyPair(await vault(), client.id)
        const issued = await stores.supportKeys.issue(client.id, pair.publicBlob, pair.sealedPrivate, OPERATOR)
        desk.note(`issued ${fingerprint(issued.publicBlob)}; the client adds this line to authorized_keys:`)
        printKey(desk, supportKeyView(issued, await keyLineTerms(stores, config, slug)), options)
      }),
    )
}

function showCommand(key: Command, desk: Desk): void {
  key
    .command('show')
    .description('the line for authorized_keys')
    .argument('<client>', 'whose', clientSlugArgument)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  gatebook key show acme | ssh root@web1.acme.example "cat >> .ssh/authorized_keys"',
    )
    .action((slug: string, options: ListOptions) =>
      desk.withStores(async ({ stores, config }) => {
        const current = await stores.supportKeys.current((await findClient(stores, slug)).id)
        if (current === undefined) {
          throw new GatewayError('not-found', `${slug} has no support key`, `make one with: gatebook key issue ${slug}`)
        }
        const view = supportKeyView(current, await keyLineTerms(stores, config, slug))
        if (!options.json && (view.state === 'revoked' || view.state === 'retired')) throw worthless(view)
        desk.note(`${view.fingerprint} is ${view.state} since ${shortInstant(view.changedAt)}, by ${view.changedBy}`)
        printKey(desk, view, options)
      }),
    )
}

async function keyLineTerms(stores: OpenStores, { publicAddress }: Config, clientSlug: string): Promise<KeyLineTerms> {
  return { clientSlug, publicAddress, allowed: await stores.clients.allowedForwarding(clientSlug) }
}

/** A line that nobody should install any more. */
function worthless({ client, state, changedAt, changedBy }: SupportKeyView): GatewayError {
  return new GatewayError(
    'conflict',
    `the support key of ${client} is ${state} since ${shortInstant(changedAt)}, by ${changedBy}: its line opens nothing`,
    `a new one is made with: gatebook key issue ${client}`,
  )
}

function moveCommand(key: Command, desk: Desk, move: SupportKeyMove): void {
  key
    .command(move)
    .description(moves[move].description)
    .argument('<client>', 'whose', clientSlugArgument)
    .action((slug: string) =>
      desk.withStores(async ({ stores }) => {
        const client = await findClient(stores, slug)
        await stores.supportKeys.move(client.id, move, OPERATOR)
        desk.note(`the support key of ${slug} is ${moves[move].done}`)
      }),
    )
}

function printKey(desk: Desk, view: SupportKeyView, options: ListOptions): void {
  if (options.json) desk.printJson(view)
  else desk.print(`${view.authorizedKeysLine}\n`)
}
