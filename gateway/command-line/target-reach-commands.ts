import type { Command } from 'commander'
import { fingerprint } from '../access/fingerprint.ts'
import { type FullTargetName, fullTargetName } from '../access/names.ts'
import type { Target, TargetReach, TrustedHostKey } from '../access/target.ts'
import { GatewayError } from '../errors.ts'
import { targetArgument, targetLoginArgument } from './argument-parsers.ts'
import { type Desk, OPERATOR } from './desk.ts'
import { findTarget } from './named-things.ts'

type ShownKey = Pick<TrustedHostKey, 'type' | 'blob'>

/** `gatebook target trust`: pins the host keys that the target shows now. */
export function targetTrustCommand(target: Command, desk: Desk): void {
  target
    .command('trust')
    .description('fetch the host keys of a target and trust them from now on, instead of those before')
    .argument('<target.client>', 'which', targetArgument)
    .option('--fingerprint <SHA256:…>', 'trust this key only, and nothing if the target does not show it')
    .addHelpText(
      'after',
      `
Compare the fingerprints with those the client sees on the server itself:
  ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub

Examples:
  gatebook target trust web1.acme
  gatebook target trust web1.acme --fingerprint SHA256:uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s`,
    )
    .action((name: FullTargetName, options: { fingerprint?: string }) =>
      desk.withStores(async ({ stores }) => {
        const found = await findTarget(stores, name)
        const shown = await desk.parts.fetchHostKeys(sshReach(found))
        const chosen = choose(found, shown, options.fingerprint)
        const before = await stores.targets.hostKeys(found.id)
        await stores.targets.trust(found.id, chosen, OPERATOR)
        for (const key of before.filter((each) => !chosen.some((other) => other.blob.equals(each.blob)))) {
          desk.note(`no longer trusted for ${fullTargetName(found)}: ${describe(key)}`)
        }
        for (const key of chosen) desk.note(`trusted for ${fullTargetName(found)}: ${describe(key)}`)
      }),
    )
}

/** `gatebook target test`: signs in to the target as a session would. */
export function targetTestCommand(target: Command, desk: Desk): void {
  target
    .command('test')
    .description('sign in to a target and out again')
    .argument('<target.client>', 'which', targetArgument)
    .option('--login <login>', "another of the target's logins", targetLoginArgument)
    .addHelpText('after', '\nExample:\n  gatebook target test web1.acme --login deploy')
    .action((name: FullTargetName, options: { login?: string }) =>
      desk.withStores(async ({ stores, vault, config: { publicUrl } }) => {
        const found = await findTarget(stores, name)
        sshReach(found)
        const login = options.login ?? found.login
        if (login !== found.login && !found.logins.includes(login)) {
          throw new GatewayError(
            'bad-input',
            `${fullTargetName(found)} allows the logins ${[found.login, ...found.logins].join(', ')}`,
            `allow another with: gatebook target set ${fullTargetName(found)} --logins ${[...found.logins, login].join(',')}`,
          )
        }
        await desk.parts.probeTarget({ target: found, login, stores, vault: await vault(), publicUrl })
        desk.note(`signed in to ${login}@${fullTargetName(found)}`)
      }),
    )
}

function sshReach(target: Target): Extract<TargetReach, { kind: 'ssh' }> {
  if (target.reach.kind === 'ssh') return target.reach
  throw new GatewayError('conflict', `${fullTargetName(target)} is a shell on this machine: it is not reached over SSH`)
}

function choose(target: Target, shown: readonly ShownKey[], wanted: string | undefined): readonly ShownKey[] {
  const chosen = shown.filter((key) => wanted === undefined || fingerprint(key.blob) === wanted)
  if (chosen.length > 0) return chosen
  throw new GatewayError(
    'target-key-changed',
    `${fullTargetName(target)} does not show the key ${wanted}, but ${shown.map(describe).join(', ')}`,
    'nothing is trusted; find out who answers at that address',
  )
}

function describe(key: ShownKey): string {
  return `${key.type} ${fingerprint(key.blob)}`
}
