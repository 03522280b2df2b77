import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { calendarOf } from '../billing/calendar-of-zone.ts'
import { type Contract, contractOf } from '../billing/contract.ts'
import { contractView } from '../billing/contract-view.ts'
import { firstDay } from '../billing/month-range.ts'
import { clientSlugArgument } from './argument-parsers.ts'
import { addTermsOptions, changedTerms, type TermsOptions, termsFacts } from './contract-options.ts'
import { type Desk, OPERATOR } from './desk.ts'
import { jsonOption, type ListOptions } from './json-option.ts'
import { findClient } from './named-things.ts'
import { shortInstant } from '../printing/short-times.ts'
import { GatewayError } from '../errors.ts'

interface SetOptions extends TermsOptions, ListOptions {
  readonly from?: string
}

/** `gatebook package …`: what a client and we have agreed on. */
export function packageCommands(program: Command, desk: Desk): void {
  const command = program.command('package').description('prepaid minutes, rates and rounding of a client, by date')
  setCommand(command, desk)
  command
    .command('show')
    .description('the contract in force, and those to come; --json: all of them, oldest first')
    .argument('<client>', 'whose', clientSlugArgument)
    .addOption(jsonOption())
    .action((slug: string, options: ListOptions) =>
      desk.withStores(async ({ stores }) => {
        const { zone } = await findClient(stores, slug)
        const contracts = await stores.contracts.list(slug)
        if (options.json) return desk.printJson(contracts.map(contractView))
        const inForce = contractOf(contracts, today(desk, zone).slice(0, 7))
        if (contracts.length === 0) throw noContract(slug)
        const shown = inForce === undefined ? contracts : contracts.slice(contracts.indexOf(inForce))
        for (const each of shown) desk.printFacts(contractView(each), factsOf(each), {})
      }),
    )
}

function setCommand(parent: Command, desk: Desk): void {
  addTermsOptions(
    parent
      .command('set')
      .description('agree on terms from a date on; what is not named stays as it was')
      .argument('<client>', 'with whom', clientSlugArgument)
      .option('--from <date>', 'the first of a month; this month unless said', dateArgument),
  )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
A month is counted by one contract from its first day to its last. Closed months never change.

Examples:
  gatebook package set acme --minutes 300 --rate 2000 --currency RUB
  gatebook package set acme --rate 2500 --vat 22 --from 2027-01-01
  gatebook package set acme --bands 09:00-18:00,sat+sun,100/150/200 --rollover 60x3`,
    )
    .action((slug: string, options: SetOptions) =>
      desk.withStores(async ({ stores }) => {
        const { zone } = await findClient(stores, slug)
        const validFrom = options.from ?? firstDay(today(desk, zone).slice(0, 7))
        const contracts = await stores.contracts.list(slug)
        const inForce = contracts.findLast((each) => each.validFrom <= validFrom)
        const terms = changedTerms(inForce?.terms, options)
        const entered = await stores.contracts.enter(slug, { validFrom, terms }, OPERATOR)
        desk.note(`${slug} has these terms from ${validFrom} on`)
        desk.printFacts(contractView(entered), factsOf(entered), options)
      }),
    )
}

/** The refusal of a client without terms. */
function noContract(slug: string): GatewayError {
  return new GatewayError(
    'not-found',
    `nothing is agreed with ${slug} yet`,
    `agree on something first: gatebook package set ${slug} --minutes 300 --rate 2000 --currency RUB`,
  )
}

function factsOf(contract: Contract): readonly (readonly [string, string])[] {
  return [
    ['client', contract.client],
    ['from', contract.validFrom],
    ...termsFacts(contract.terms),
    ['entered', `${shortInstant(contract.enteredAt.toISOString())} by ${contract.enteredBy}`],
  ]
}

function today(desk: Desk, zone: string): string {
  return calendarOf(zone).dayAt(desk.parts.clock.now().getTime()).date
}

function dateArgument(text: string): string {
  if (z.iso.date().safeParse(text).success) return text
  throw new InvalidArgumentError('a date such as 2026-12-01 is expected.')
}
