import { type Command, InvalidArgumentError, Option } from 'commander'
import { forwardingText, parseForwarding } from '../access/forwarding.ts'
import { effectivePolicy, type Policy, type PolicyChange, type PolicyEntries } from '../access/policy.ts'
import { wholeNumberArgument } from './argument-parsers.ts'

/** How a policy is typed and shown. */
interface PolicyOption<Value> {
  readonly flags: string
  readonly help: string
  /** Throws `InvalidArgumentError`. */
  readonly parse: (text: string) => Value
  readonly title: string
  readonly show: (value: Value) => string
}

const MINUTE_S = 60
const DAY_MINUTES = 24 * 60
const DEFAULT = 'default'

const options: { readonly [Name in keyof Policy]: PolicyOption<Policy[Name]> } = {
  idleEndS: {
    flags: '--idle-end <minutes>',
    help: 'end a session when no key was pressed for so long; 0: never',
    ...minutes('idle end', 'never'),
  },
  idleWarnS: {
    flags: '--idle-warn <minutes>',
    help: 'warn so long before that end; 0: not at all',
    ...minutes('idle warning', 'none'),
  },
  idleCountsOutput: {
    flags: '--idle-counts-output <yes|no>',
    help: 'whether output alone shows that somebody is there',
    ...yesOrNo('idle counts output'),
  },
  typedSecrets: {
    flags: '--typed-secrets <mask|keep>',
    help: 'whether passwords and what else is typed unseen are masked in the record',
    title: 'typed secrets',
    parse(text) {
      if (text === 'mask' || text === 'keep') return text
      throw new InvalidArgumentError('mask or keep is expected.')
    },
    show: (value) => value,
  },
  taskRequired: {
    flags: '--task-required <yes|no>',
    help: 'whether a session must name an open task; where none is open, a reason counts',
    ...yesOrNo('task required'),
  },
  reasonRequired: {
    flags: '--reason-required <yes|no>',
    help: 'whether a session must name a task or a reason',
    ...yesOrNo('reason required'),
  },
  watchNotice: {
    flags: '--watch-notice <yes|no>',
    help: 'whether the person is told who watches a live session',
    ...yesOrNo('watch notice'),
  },
  forward: {
    flags: '--forward <list>',
    help: 'what ssh may forward: none, or separated by commas HOST:PORT (-L there; * for any), dynamic (-D: to anywhere), remote (-R), agent (-A), x11 (-X), streamlocal (sockets by path)',
    title: 'forwarding',
    parse: (text: string) => {
      const parsed = parseForwarding(text)
      if (parsed !== undefined) return parsed
      throw new InvalidArgumentError('none, or a list such as db1:5432,*:443,remote is expected.')
    },
    show: forwardingText,
  },
}

const entries = Object.entries(options) as unknown as [keyof Policy, PolicyOption<unknown>][]

type Named = { readonly [name: string]: unknown }

/** Lets a command change policies: an option for each, and `--policy default` for all. */
export function addPolicyOptions(command: Command, whose: 'client' | 'target'): Command {
  for (const [, { flags, help, parse }] of entries) {
    command.addOption(new Option(flags, help).argParser((text) => (text === DEFAULT ? DEFAULT : parse(text))))
  }
  return command.addOption(
    new Option('--policy <default>', `take every policy of the ${whose} itself away`).choices([DEFAULT]),
  )
}

/** What a command line changes of the policies; undefined: nothing. Refuses one beside `--policy default`. */
export function policyChange(given: Named, command: Command): PolicyChange | 'default' | undefined {
  const named = entries
    .map(([name, { flags }]) => [name, given[new Option(flags).attributeName()]] as const)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, value === DEFAULT ? null : value] as const)
  if (given.policy === undefined) return named.length === 0 ? undefined : Object.fromEntries(named)
  if (named.length > 0) command.error('error: --policy default takes all away: give it alone, then the others')
  return DEFAULT
}

/** What `show` prints of policies: what holds, and what is said here. */
export interface ShownPolicy {
  readonly policy: Policy
  readonly ownPolicy: PolicyEntries
}

export function shownPolicy(defaults: Policy, client: PolicyEntries, target?: PolicyEntries): ShownPolicy {
  return { policy: effectivePolicy(defaults, client, target ?? {}), ownPolicy: target ?? client }
}

/** A line for each policy, with the word `inherited` where it is not said here. */
export function policyFacts({ policy, ownPolicy }: ShownPolicy): (readonly [title: string, text: string])[] {
  return entries.map(([name, { title, show }]) => [
    title,
    `${show(policy[name])}${name in ownPolicy ? '' : ' (inherited)'}`,
  ])
}

function minutes(title: string, none: string) {
  const whole = wholeNumberArgument(0, DAY_MINUTES)
  return {
    title,
    parse: (text: string) => whole(text) * MINUTE_S,
    show: (value: number) => (value === 0 ? none : value % MINUTE_S === 0 ? `${value / MINUTE_S} min` : `${value} s`),
  }
}

function yesOrNo(title: string) {
  return {
    title,
    parse: (text: string) => {
      if (text === 'yes' || text === 'no') return text === 'yes'
      throw new InvalidArgumentError('yes or no is expected.')
    },
    show: (value: boolean) => (value ? 'yes' : 'no'),
  }
}
