import { decide, type AccessSource } from '../access/decision.ts'
import { isListed } from '../access/is-listed.ts'
import { fullTargetName } from '../access/names.ts'
import type { Staff } from '../access/staff.ts'
import type { Clock } from '../clock.ts'
import type { Answer } from './gateway-channel.ts'

export interface ServiceParts {
  readonly access: Pick<AccessSource, 'grantedFacts'>
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
      `or choose from a list: ssh ${sshAddress('')}`,
      `or name it as a word: ssh -t ${sshAddress('')} connect web1.acme`,
      '',
      'Commands of the gateway:',
      ...lines,
      '',
    ].join('\n')
  }

  async #targets(staff: Staff, json: boolean): Promise<string> {
    const now = this.#parts.clock.now()
    const listed = (await this.#parts.access.grantedFacts(staff.id)).filter((facts) => isListed(facts, now))
    const rows = listed.map((facts) => {
      const { login, logins } = facts.target
      return {
        target: fullTargetName(facts.target),
        login,
        logins,
        open: decide(facts, login, now).verdict === 'allow',
      }
    })
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
