import type { Command } from 'commander'
import { type FullTargetName, fullTargetName } from '../access/names.ts'
import type { Target, TargetReach } from '../access/target.ts'
import { GatewayError } from '../errors.ts'
import { sealTargetPassword } from '../vault/target-password.ts'
import type { Vault } from '../vault/seal.ts'
import {
  hostArgument,
  portArgument,
  targetArgument,
  targetLoginArgument,
  targetLoginsArgument,
} from './argument-parsers.ts'
import { type Desk, OPERATOR } from './desk.ts'
import { readSecretLine, readTextFile } from './file-argument.ts'
import { noteKeyLine } from './key-line-note.ts'
import { findClient, findTarget } from './named-things.ts'
import { addPolicyOptions, policyChange } from './policy-options.ts'

interface TargetOptions {
  readonly host?: string
  readonly port?: number
  readonly login?: string
  readonly logins?: readonly string[]
  readonly passwordStdin?: true
  readonly notes?: string
}

/** Bytes; notes are shown to the administrator at every connection. */
const MAX_NOTES_BYTES = 65_536

/** `gatebook target add`. */
export function targetAddCommand(target: Command, desk: Desk): void {
  const command = target
    .command('add')
    .description('add a server of a client')
    .argument('<target.client>', 'its name, such as web1.acme', targetArgument)
    .requiredOption('--host <host>', 'name or address the gateway reaches it at', hostArgument)
  withTargetOptions(command)
    .addHelpText(
      'after',
      `
Port 22 and login root unless said. Then let the gateway know its host key: gatebook target trust TARGET.CLIENT

Examples:
  gatebook target add web1.acme --host 203.0.113.10 --notes web1.md
  pass show acme/db1 | gatebook target add db1.acme --host db1.acme.example --login admin --password-stdin`,
    )
    .action(async (name: FullTargetName, options: TargetOptions & { host: string }) => {
      const notes = await readNotes(desk, options)
      const password = await readPassword(desk, options)
      await desk.withStores(async ({ stores, vault }) => {
        await findClient(stores, name.clientSlug)
        const sealedPassword = password === undefined ? undefined : seal(await vault(), name, password)
        const { host, port = 22, login = 'root', logins = [] } = options
        const reach: TargetReach = { kind: 'ssh', host, port }
        await stores.targets.add({ ...name, reach, login, logins, notes: notes ?? '', sealedPassword }, OPERATOR)
        desk.note(`added ${fullTargetName(name)}; next: gatebook target trust ${fullTargetName(name)}`)
      })
    })
}

/** `gatebook target set`. */
export function targetSetCommand(target: Command, desk: Desk): void {
  const command = target
    .command('set')
    .description('change a target, or what holds in sessions on it')
    .argument('<target.client>', 'which', targetArgument)
    .option('--host <host>', 'name or address the gateway reaches it at', hostArgument)
  addPolicyOptions(withTargetOptions(command), 'target')
    .addHelpText(
      'after',
      `
A policy said here holds instead of the client's. The value default takes one away; then the client's holds.

Examples:
  gatebook target set web1.acme --port 2200 --logins deploy,www-data
  gatebook target set web1.acme --idle-end default`,
    )
    .action(async (name: FullTargetName, options: TargetOptions) => {
      if (Object.keys(options).length === 0) command.error('error: nothing to change: give an option such as --host')
      const policy = policyChange({ ...options }, command)
      const notes = await readNotes(desk, options)
      const password = await readPassword(desk, options)
      await desk.withStores(async ({ stores, vault }) => {
        const found = await findTarget(stores, name)
        const change = {
          ...changedReach(found, options),
          policy,
          ...(options.login === undefined ? {} : { login: options.login }),
          ...(options.logins === undefined ? {} : { logins: options.logins }),
          ...(notes === undefined ? {} : { notes }),
          ...(password === undefined ? {} : { sealedPassword: seal(await vault(), name, password) }),
        }
        await noteKeyLine({ desk, stores, clientSlug: name.clientSlug }, policy, () =>
          stores.targets.set(found, change, OPERATOR),
        )
        desk.note(`changed ${fullTargetName(name)}`)
      })
    })
}

function withTargetOptions(command: Command): Command {
  return command
    .option('--port <number>', 'its SSH port', portArgument)
    .option('--login <login>', 'the login used when nobody names one', targetLoginArgument)
    .option('--logins <login,login>', 'other logins an administrator may ask for', targetLoginsArgument)
    .option('--password-stdin', 'sign in with the password in the first line of stdin where the support key fails')
    .option('--notes <file>', 'what an administrator should know, as text; - for stdin')
}

function changedReach(target: Target, options: TargetOptions): { reach?: TargetReach } {
  const { host, port } = options
  if (host === undefined && port === undefined) return {}
  const { reach } = target
  if (reach.kind === 'ssh') return { reach: { kind: 'ssh', host: host ?? reach.host, port: port ?? reach.port } }
  throw new GatewayError('conflict', `${fullTargetName(target)} is a shell on this machine: it has no address`)
}

async function readNotes(desk: Desk, options: TargetOptions): Promise<string | undefined> {
  if (options.notes === undefined) return undefined
  if (options.notes === '-' && options.passwordStdin) {
    throw new GatewayError('bad-input', 'stdin cannot bring both notes and a password', 'give the notes as a file')
  }
  return await readTextFile(options.notes, desk.parts.input, MAX_NOTES_BYTES)
}

async function readPassword(desk: Desk, options: TargetOptions): Promise<Buffer | undefined> {
  return options.passwordStdin ? await readSecretLine(desk.parts.input) : undefined
}

function seal(vault: Vault, name: FullTargetName, password: Buffer): Buffer {
  const sealed = sealTargetPassword(vault, fullTargetName(name), password)
  password.fill(0)
  return sealed
}
