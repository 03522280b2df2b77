import { type Command, InvalidArgumentError, Option } from 'commander'
import { month } from '#shared/api.ts'
import type { StatementView } from '#shared/statement.ts'
import type { Client } from '../access/client.ts'
import { type AskedMonth, closeMonth, statementOf } from '../billing/month-book.ts'
import { GatewayError } from '../errors.ts'
import { jsonText } from '../printing/json-text.ts'
import { statementCsv } from '../printing/statement-csv.ts'
import { statementHtml } from '../printing/statement-html.ts'
import { statementTable } from '../printing/statement-table.ts'
import { clientSlugArgument } from './argument-parsers.ts'
import { type Desk, OPERATOR, type OpenInstallation } from './desk.ts'
import { jsonOption, type ListOptions } from './json-option.ts'
import { findClient } from './named-things.ts'

type Format = 'table' | 'csv' | 'json' | 'html'

interface FormatOptions extends ListOptions {
  readonly format: Format
}

interface CloseOptions extends ListOptions {
  readonly accept?: true
}

/** What every command here works with. */
interface MonthAtHand {
  readonly open: OpenInstallation
  readonly client: Client
  readonly asked: AskedMonth
}

/** `gatebook statement …`: a client's month, drawn up, closed, shown and exported. */
export function statementCommands(program: Command, desk: Desk): void {
  const command = program.command('statement').description("a client's month: its work, the package, what is to pay")
  const formats = new Option('--format <format>', 'how to print it')
  ofMonth(command, { name: 'preview', description: 'the month as it stands now; a closed one as it was closed' })
    .addOption(formats.choices(['table', 'csv', 'json']).default('table'))
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  gatebook statement preview acme 2026-11')
    .action((slug: string, named: string, options: FormatOptions) =>
      withMonth(desk, { slug, named }, async (hand) => {
        print(desk, hand, await statementOf(hand.open.stores, hand.asked), options.json ? 'json' : options.format)
      }),
    )
  closeCommand(command, desk)
  ofMonth(command, { name: 'show', description: 'a closed month, compared with its hash' })
    .addOption(jsonOption())
    .action((slug: string, named: string, options: ListOptions) =>
      withMonth(desk, { slug, named }, async (hand) => {
        const statement = await closedStatement(hand)
        print(desk, hand, statement, options.json ? 'json' : 'table')
      }),
    )
  ofMonth(command, { name: 'export', description: 'a closed month as a file for others' })
    .addOption(new Option('--format <format>', 'which').choices(['html', 'csv', 'json']).default('html'))
    .addHelpText('after', '\nExample:\n  gatebook statement export acme 2026-11 --format html > acme-2026-11.html')
    .action((slug: string, named: string, { format }: FormatOptions) =>
      withMonth(desk, { slug, named }, async (hand) => {
        print(desk, hand, await closedStatement(hand), format)
      }),
    )
}

function closeCommand(parent: Command, desk: Desk): void {
  ofMonth(parent, { name: 'close', description: 'store the month for good; what comes later is corrected in the next' })
    .option('--accept', 'although something is open: the statement then lists it')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nMonths are closed one after the other.\n\nExample:\n  gatebook statement close acme 2026-11',
    )
    .action((slug: string, named: string, { accept, json }: CloseOptions) =>
      withMonth(desk, { slug, named }, async (hand) => {
        const closed = await closeMonth(hand.open.stores, hand.asked, { accept: accept ?? false, actor: OPERATOR })
        desk.note(`${named} is closed for ${slug}`)
        print(desk, hand, closed, json ? 'json' : 'table')
      }),
    )
}

function ofMonth(parent: Command, about: { readonly name: string; readonly description: string }): Command {
  return parent
    .command(about.name)
    .description(about.description)
    .argument('<client>', 'whose', clientSlugArgument)
    .argument('<yyyy-mm>', 'a month such as 2026-11', monthArgument)
}

function monthArgument(text: string): string {
  if (month.safeParse(text).success) return text
  throw new InvalidArgumentError('a month such as 2026-11 is expected.')
}

async function withMonth(
  desk: Desk,
  { slug, named }: { readonly slug: string; readonly named: string },
  work: (hand: MonthAtHand) => Promise<void>,
): Promise<void> {
  await desk.withStores(async (open) => {
    const client = await findClient(open.stores, slug)
    await work({ open, client, asked: { client, month: named, asOf: desk.parts.clock.now() } })
  })
}

async function closedStatement({ open, asked }: MonthAtHand): Promise<StatementView> {
  const statement = await statementOf(open.stores, asked)
  if (statement.state === 'closed') return statement
  const { slug } = asked.client
  throw new GatewayError(
    'not-found',
    `${asked.month} is not closed for ${slug}`,
    `see: gatebook statement preview ${slug} ${asked.month}`,
  )
}

function print(desk: Desk, { open, client }: MonthAtHand, statement: StatementView, format: Format): void {
  const { publicUrl } = open.config
  switch (format) {
    case 'table':
      return desk.print(statementTable(statement, desk.parts.output.columns))
    case 'csv':
      return desk.print(statementCsv(statement, publicUrl))
    case 'json':
      return desk.print(jsonText(statement))
    case 'html':
      return desk.print(statementHtml(statement, { language: client.language, publicUrl }))
  }
}
