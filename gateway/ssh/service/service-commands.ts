import type { Staff } from '../../access/staff.ts'
import { GatewayError } from '../../errors.ts'
import { nearestName } from '../../nearest-name.ts'
import { jsonText } from '../../printing/json-text.ts'
import type { Answer } from '../gateway-channel.ts'
import { explainFailure } from '../refusal-texts.ts'
import { sessionsCommand } from './own-sessions.ts'
import { targetsCommand } from './own-targets.ts'
import { timeCommand, type OwnTimeParts } from './own-time.ts'
import type { ServiceAsker, ServiceCommand } from './service-command.ts'
import { optionText, readOptions, usageOf } from './service-options.ts'
import { sshConfigCommand, type SshConfigParts } from './ssh-config.ts'

export interface ServiceParts extends SshConfigParts, OwnTimeParts {
  readonly sessionStore: Parameters<typeof sessionsCommand>[0]['sessionStore']
  /** What people type after `ssh`, such as `-p 2222 bastion.example`. */
  readonly sshAddress: (userName: string) => string
  newStaffLink(staffId: string): Promise<string>
  readonly log: (line: string) => void
}

/** As of the command `gatebook` (product.md): the words are wrong, not the rights. */
const WRONG_USAGE = 2
const EXIT_BY_GATEWAY = 255
/** What is longer is nobody's mistyped command. */
const WORD_LENGTH_SHOWN = 100

/** Of the desk, not of these: it goes on to a target. */
const CONNECT = {
  name: 'connect',
  usage: 'connect web1.acme',
  purpose: 'opens a shell on a server, with ssh -t: connect web1.acme',
  takes: [],
} as const
/** Characters for the longest name and a gap. */
const NAME_WIDTH = 12

/** Answers `ssh bastion COMMAND`. */
export class ServiceCommands {
  readonly #parts: ServiceParts
  readonly #commands: readonly ServiceCommand[]

  constructor(parts: ServiceParts) {
    this.#parts = parts
    this.#commands = [
      { name: 'help', purpose: 'this list', takes: ['json'], answer: async (_, { json }) => this.#help(json) },
      targetsCommand(parts),
      { name: 'whoami', purpose: 'who the gateway takes you for', takes: ['json'], answer: whoAmI },
      loginCommand(parts),
      timeCommand(parts),
      sessionsCommand(parts),
      sshConfigCommand(parts),
    ]
  }

  /** Whether the words are a command of the gateway's own. */
  knows(command: string): boolean {
    return this.#named(command) !== undefined
  }

  /** Answers a command that it knows. Never rejects. */
  async answer(asker: ServiceAsker, words: string): Promise<Answer> {
    const command = this.#named(words)
    if (command === undefined) return failed([this.noCommand(words)], EXIT_BY_GATEWAY)
    const options = readOptions(command, wordsOf(words).slice(1))
    if ('wrong' in options) return failed([`${options.wrong}; it is: ${usageOf(command)}`], WRONG_USAGE)
    try {
      const { output, notes = [] } = await command.answer(asker, options)
      return { output, errors: notes, exitStatus: 0 }
    } catch (error) {
      const wasForeseen = error instanceof GatewayError
      this.#parts.log(`${command.name} of ${asker.staff.login} failed: ${wasForeseen ? error.message : String(error)}`)
      return failed(explainFailure(error).split('\n'), EXIT_BY_GATEWAY)
    }
  }

  /** What is said of words that are no command, and which one they may have meant. */
  noCommand(words: string): string {
    const names = [...this.#commands.map(({ name }) => name), 'connect']
    const word = (wordsOf(words)[0] ?? '').slice(0, WORD_LENGTH_SHOWN)
    const nearest = nearestName(word, names)
    const mean = nearest === undefined ? '' : `; did you mean ${nearest}?`
    return `there is no command ${JSON.stringify(word)}${mean}; the commands are ${names.join(', ')}`
  }

  #named(words: string): ServiceCommand | undefined {
    const [word] = wordsOf(words)
    return this.#commands.find(({ name }) => name === word)
  }

  #help(json: boolean): { output: string } {
    const listed = this.#commands.map((command) => ({ ...command, usage: usageOf(command) }))
    const all = [...listed, CONNECT]
    if (json) return { output: jsonText(all.map(({ usage, purpose }) => ({ usage, purpose }))) }
    const { sshAddress } = this.#parts
    const lines = [
      `To work on a server:   ssh ${sshAddress('web1.acme')}`,
      `as another login:      ssh ${sshAddress('root+web1.acme')}`,
      `or choose from a list: ssh ${sshAddress('')}`,
      '',
      `Commands of the gateway itself, as in: ssh ${sshAddress('')} targets`,
      ...all.map(
        ({ name, purpose, takes }) => `  ${name.padEnd(NAME_WIDTH)}${[purpose, ...optionsOf(takes)].join('; ')}`,
      ),
      'All but connect take --json.',
    ]
    return { output: lines.map((line) => `${line}\n`).join('') }
  }
}

/** Those that not every command takes. */
function optionsOf(takes: ServiceCommand['takes']): readonly string[] {
  const own = takes.filter((each) => each !== 'json').map(optionText)
  return own.length === 0 ? [] : [own.join(', ')]
}

function loginCommand({ newStaffLink }: Pick<ServiceParts, 'newStaffLink'>): ServiceCommand {
  return {
    name: 'login',
    purpose: 'a link to the web pages, good once and for 60 seconds',
    takes: ['json'],
    async answer({ staff }, { json }) {
      const url = await newStaffLink(staff.id)
      return { output: json ? jsonText({ url }) : `${url}\n` }
    },
  }
}

async function whoAmI({ staff }: { staff: Staff }, { json }: { json: boolean }): Promise<{ output: string }> {
  const { login, name, roles } = staff
  return { output: json ? jsonText({ login, name, roles }) : `${login} (${name}), ${roles.join(', ')}\n` }
}

function wordsOf(command: string): string[] {
  return command.split(/\s+/).filter((word) => word !== '')
}

function failed(errors: readonly string[], exitStatus: number): Answer {
  return { output: '', errors, exitStatus }
}
