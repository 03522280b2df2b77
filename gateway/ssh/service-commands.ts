import { decide, type AccessSource } from '../access/decision.ts'
import { fullTargetName } from '../access/names.ts'
import type { Staff } from '../access/staff.ts'
import type { TargetStore } from '../access/target.ts'
import type { Clock } from '../clock.ts'
import type { Answer } from './gateway-channel.ts'

export interface ServiceParts {
  readonly targets: Pick<TargetStore, 'list'>
  readonly access: Pick<AccessSource, 'facts'>
  readonly clock: Clock
  /** What people type after `ssh`, such as `-p 2222 bastion.example`. */
  readonly sshAddress: (userName: string) => string
  newStaffLink(staffId: string): Promise<string>
}

const COMMANDS = {
  help: 'this list',
  targets: 'the servers you can work on; --json',
  whoami: 'who the gateway takes you for; --json',
  login: 'a one-time link to the web pages, good for 60 seconds',
} as const

type CommandName = keyof typeof COMMANDS

/** Answers `ssh bastion COMMAND`. */
export class ServiceCommands {
  readonly #parts: ServiceParts

  constructor(parts: ServiceParts) {
    this.#parts = parts
  }

  /** Whether the words are a command of the gateway's own. */
  knows(command: string): boolean {
    return (command.split(' ')[0] ?? '') in COMMANDS
  }

  async answer(staff: Staff, command: string): Promise<Answer> {
    const [name = '', ...options] = command.split(' ').filter((word) => word !== '')
    const json = options.includes('--json')
    const unknown = options.find((word) => word !== '--json')
    if (unknown !== undefined) return failure(`${name} takes no ${unknown}; see: help`)
    switch (name as CommandName) {
      case 'help':
        return success(this.#help())
      case 'whoami':
        return success(whoAmI(staff, json))
      case 'login':
        return success(`${await this.#parts.newStaffLink(staff.id)}\n`)
      case 'targets':
        return success(await this.#targets(staff, json))
      default:
        return failure(`there is no command ${name}; see: help`)
    }
  }

  #help(): string {
    const lines = Object.entries(COMMANDS).map(([name, text]) => `  ${name.padEnd(10)}${text}`)
    const { sshAddress } = this.#parts
    return [
      `To work on a server:  ssh ${sshAddress('web1.acme')}`,
      `as another login:     ssh ${sshAddress('root+web1.acme')}`,
      '',
      'Commands of the gateway:',
      ...lines,
      '',
    ].join('\n')
  }

  async #targets(staff: Staff, json: boolean): Promise<string> {
    const rows: { target: string; login: string; logins: readonly string[]; open: boolean }[] = []
    for (const target of await this.#parts.targets.list()) {
      const facts = await this.#parts.access.facts(staff.id, target.id)
      if (facts === undefined) continue
      const decision = decide(facts, target.login, this.#parts.clock.now())
      if (
        decision.verdict === 'deny' &&
        !decision.reason.startsWith('support-key') &&
        decision.reason !== 'no-support-key'
      )
        continue
      const { login, logins } = target
      rows.push({ target: fullTargetName(target), login, logins, open: decision.verdict === 'allow' })
    }
    if (json) return `${JSON.stringify(rows)}\n`
    if (rows.length === 0) return 'No grant lets you work on a server now; ask an administrator.\n'
    const width = Math.max(...rows.map((row) => row.target.length)) + 2
    return rows
      .map(
        ({ target, login, open }) =>
          `${target.padEnd(width)}${login}${open ? '' : '  (the support key is not active)'}\n`,
      )
      .join('')
  }
}

function whoAmI({ login, name, roles }: Staff, json: boolean): string {
  return json ? `${JSON.stringify({ login, name, roles })}\n` : `${login} (${name}), ${roles.join(', ')}\n`
}

function success(output: string): Answer {
  return { output, errors: [], exitStatus: 0 }
}

function failure(error: string): Answer {
  return { output: '', errors: [error], exitStatus: 255 }
}
