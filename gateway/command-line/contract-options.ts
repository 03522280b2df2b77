import { type Command, InvalidArgumentError, Option } from 'commander'
import { type ContractTerms, contractTerms, roundingModes, scopes } from '#shared/contract.ts'
import { GatewayError } from '../errors.ts'
import { moneyText, parseMoney } from '#shared/money-text.ts'
import { wholeNumberArgument } from './argument-parsers.ts'

const MINUTE_MS = 60_000
const NONE = 'none'
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** The terms that a command line names; what is left out stays as it is. */
export interface TermsOptions {
  readonly minutes?: number
  readonly rate?: string
  readonly currency?: string
  readonly vat?: number
  readonly vatIncluded?: boolean
  readonly grace?: number
  readonly scope?: ContractTerms['scope']
  readonly step?: number
  readonly rounding?: ContractTerms['mode']
  readonly minimum?: number
  readonly billOnce?: boolean
  readonly bands?: NonNullable<ContractTerms['afterHours']> | typeof NONE
  readonly rollover?: NonNullable<ContractTerms['rollover']> | typeof NONE
  readonly overage?: ContractTerms['overage']
}

export function addTermsOptions(command: Command): Command {
  return command
    .option('--minutes <count>', 'prepaid minutes of each month; 0: none', wholeNumberArgument(0, 1_000_000))
    .option('--rate <amount>', 'an hour beyond the package, such as 2000 or 99.50')
    .option('--currency <code>', 'such as RUB or EUR')
    .option('--vat <percent>', 'default 0', wholeNumberArgument(0, 100))
    .option('--vat-included <yes|no>', 'whether the rate holds it already; default no', yesOrNo)
    .option('--grace <minutes>', 'how long a key counts as work: 1 to 15, default 5', wholeNumberArgument(1, 15))
    .addOption(
      new Option(
        '--scope <scope>',
        "what is rounded together: each person's day on one task (line, default), the day, the task, the month (period), the session",
      ).choices(scopes),
    )
    .option('--step <minutes>', '1 (default), 5, 6, 10, 15, 30 or 60', wholeNumberArgument(1, 60))
    .addOption(new Option('--rounding <mode>', 'to the step; default up').choices(roundingModes))
    .option('--minimum <minutes>', 'of what is rounded together; default 0', wholeNumberArgument(0, 1440))
    .option('--bill-once <yes|no>', 'whether two people at once count as one; default no', yesOrNo)
    .option('--bands <bands>', 'day hours, weekend and percents, as 09:00-18:00,sat+sun,100/150/200; none', bands)
    .option('--rollover <minutes>', 'unused minutes that the next month may use, or 3 months as 60x3; none', rollover)
    .addOption(
      new Option('--overage <way>', 'minutes beyond the package: ask the client (default), or agreed').choices([
        'ask',
        'agreed',
      ]),
    )
}

/** The terms in force with what is named changed. Throws `bad-input` for what is missing, or does not go together. */
export function changedTerms(inForce: ContractTerms | undefined, options: TermsOptions): ContractTerms {
  const currency = options.currency ?? inForce?.currency
  const says = options.minutes !== undefined && options.rate !== undefined
  if (currency === undefined || (inForce === undefined && !says)) throw incomplete()
  const changed = contractTerms.safeParse({
    ...inForce,
    currency,
    ...named('packageMinutes', options.minutes),
    ...named('rateMinorPerHour', rateOf(options, inForce, currency)),
    vat: {
      percent: options.vat ?? inForce?.vat.percent ?? 0,
      included: options.vatIncluded ?? inForce?.vat.included ?? false,
    },
    ...named('graceMs', options.grace && options.grace * MINUTE_MS),
    ...named('scope', options.scope),
    ...named('stepMinutes', options.step),
    ...named('mode', options.rounding),
    ...named('minimumMinutes', options.minimum),
    ...named('acrossStaff', options.billOnce === undefined ? undefined : options.billOnce ? 'union' : 'sum'),
    ...named('afterHours', options.bands === NONE ? null : options.bands),
    ...named('rollover', options.rollover === NONE ? null : options.rollover),
    ...named('overage', options.overage),
  })
  if (changed.success) return changed.data
  const mistakes = changed.error.issues.map(({ path, message }) => `${optionOf(path)}: ${message}`)
  throw new GatewayError('bad-input', mistakes.join('\n'))
}

function incomplete(): GatewayError {
  return new GatewayError(
    'bad-input',
    'a first contract needs --minutes, --rate and --currency',
    'such as: --minutes 300 --rate 2000 --currency RUB',
  )
}

/** An amount means something in its currency only: another currency needs its own rate. */
function rateOf(options: TermsOptions, inForce: ContractTerms | undefined, currency: string): number | undefined {
  if (!contractTerms.shape.currency.safeParse(currency).success) {
    throw new GatewayError('bad-input', `--currency ${currency} is no currency`, 'give its code, such as RUB or EUR')
  }
  if (options.rate === undefined) {
    if (currency === inForce?.currency) return undefined
    throw new GatewayError('bad-input', `the rate is in ${inForce?.currency}`, `give --rate in ${currency} too`)
  }
  const rate = parseMoney(options.rate, currency)
  if (rate !== undefined) return rate
  throw new GatewayError('bad-input', `--rate ${options.rate} is no amount in ${currency}`, 'such as 2000 or 99.50')
}

const optionNames: Readonly<Record<string, string>> = {
  packageMinutes: '--minutes',
  rateMinorPerHour: '--rate',
  stepMinutes: '--step',
  minimumMinutes: '--minimum',
  afterHours: '--bands',
}

function optionOf([name]: readonly PropertyKey[]): string {
  return optionNames[String(name)] ?? `--${String(name)}`
}

/** What `package show` says of terms. */
export function termsFacts(terms: ContractTerms): readonly (readonly [string, string])[] {
  const { vat, afterHours, rollover: rolled } = terms
  return [
    ['package', `${terms.packageMinutes} min a month`],
    ['rate', `${moneyText(terms.rateMinorPerHour, terms.currency)} an hour`],
    ['vat', `${vat.percent} % ${vat.included ? 'included' : 'on top'}`],
    ['grace', `${terms.graceMs / MINUTE_MS} min`],
    ['rounding', `${terms.mode} to ${terms.stepMinutes} min, ${terms.minimumMinutes} at least, by ${terms.scope}`],
    ['people at once', terms.acrossStaff === 'union' ? 'billed once' : 'add up'],
    ['bands', afterHours === null ? NONE : bandsText(afterHours)],
    [
      'rollover',
      rolled === null ? NONE : `${rolled.capMinutes} min for ${rolled.months} month${rolled.months === 1 ? '' : 's'}`,
    ],
    ['overage', terms.overage === 'ask' ? 'the client is asked' : 'agreed by contract'],
  ]
}

function bandsText({ hours, weekend, percent }: NonNullable<ContractTerms['afterHours']>): string {
  const days = weekend.map((day) => weekdays[day]).join('+')
  return `${hours.map(clockText).join('-')},${days || NONE},${percent.day}/${percent.after}/${percent.weekend}`
}

function clockText(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

function bands(text: string): TermsOptions['bands'] & {} {
  if (text === NONE) return NONE
  const [, fromH, fromM, toH, toM, days, day, after, weekend] =
    /^([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-4]):([0-5]\d),([a-z+]+),(\d{1,4})\/(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []
  const named = days === NONE ? [] : days?.split('+').map((name) => weekdays.findIndex((each) => each === name))
  if (named === undefined || named.includes(-1)) {
    throw new InvalidArgumentError('bands such as 09:00-18:00,sat+sun,100/150/200 are expected, or none.')
  }
  return {
    hours: [Number(fromH) * 60 + Number(fromM), Number(toH) * 60 + Number(toM)],
    weekend: named,
    percent: { day: Number(day), after: Number(after), weekend: Number(weekend) },
  }
}

function rollover(text: string): TermsOptions['rollover'] & {} {
  if (text === NONE || text === '0') return NONE
  const [, cap, months = '1'] = /^(\d{1,7})(?:x(\d{1,2}))?$/.exec(text) ?? []
  if (cap !== undefined) return { capMinutes: Number(cap), months: Number(months) }
  throw new InvalidArgumentError('minutes such as 60, minutes and months such as 60x3 are expected, or none.')
}

function yesOrNo(text: string): boolean {
  if (text === 'yes' || text === 'no') return text === 'yes'
  throw new InvalidArgumentError('yes or no is expected.')
}

/** Left out where nothing is said. */
function named<Value>(name: string, value: Value | undefined): Record<string, Value> {
  return value === undefined ? {} : { [name]: value }
}
