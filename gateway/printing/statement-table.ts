import type { StatementLine, StatementView } from '#shared/statement.ts'
import { moneyText } from '#shared/money-text.ts'
import { shortLength } from './short-times.ts'
import { type Column, formatTable } from './table.ts'

const columns: readonly Column<StatementLine>[] = [
  { title: 'day', text: (line) => line.day },
  { title: 'at', text: (line) => line.at },
  { title: 'task', text: (line) => line.task ?? '-' },
  { title: 'staff', text: (line) => line.staff },
  { title: 'targets', text: (line) => targetsOf(line).join(' ') },
  { title: 'measured', right: true, text: (line) => shortLength(line.exactMs) },
  { title: 'charged', right: true, text: (line) => String(line.charged) },
  { title: 'package', right: true, text: (line) => String(line.covered) },
  { title: 'overage', right: true, text: (line) => String(line.overageAgreed + line.overagePending) },
  { title: '', text: (line) => (line.provisional ? 'still counting' : line.billable ? '' : 'not billed') },
]

/** The month of a client for people, in `width` characters where it is known. */
export function statementTable(statement: StatementView, width: number | undefined): string {
  const { lines, corrections, totals } = statement
  const facts = [
    `${statement.client} ${statement.month} (${statement.zone}), ${stateText(statement)}`,
    ...(lines.length === 0 ? ['no work'] : [formatTable(lines, columns, width).trimEnd()]),
    ...corrections.map(({ ref, minutes, kind }) => `correction of ${ref} (${kind}): ${minutes} min`),
    `charged ${totals.charged + totals.corrected} min, measured ${shortLength(totals.exactMs)}`,
    balanceText(statement),
    ...invoiceLines(statement),
    ...statement.open.map((reason) => `open: ${reason}`),
  ]
  return `${facts.join('\n')}\n`
}

/** The targets of a line, each once. */
export function targetsOf({ sessions }: StatementLine): readonly string[] {
  return [...new Set(sessions.map(({ target }) => target))]
}

function stateText(statement: StatementView): string {
  if (statement.state === 'open') return 'not closed'
  return `closed ${statement.closedAt} by ${statement.closedBy}, sha256 ${statement.hash}`
}

function balanceText({ balance, month }: StatementView): string {
  const { carriedIn, included, credited, used, left, lapses, carriesOver } = balance
  const given = credited === 0 ? '' : ` + ${credited} given back`
  const ends = left === 0 ? '' : ` (${lapses} lapse with ${month}, ${carriesOver} carry over)`
  return `package: ${carriedIn} carried in + ${included} included${given} - ${used} used = ${left} left${ends}`
}

function invoiceLines({ balance, invoice }: StatementView): string[] {
  const { overageAgreed, overagePending } = balance
  const waiting = overagePending === 0 ? [] : [`overage: ${overagePending} min wait for consent, not invoiced`]
  if (invoice === null) return ['nothing is agreed with this client: see gatebook package set --help', ...waiting]
  const { netMinor, vatMinor, grossMinor, currency, rateMinorPerHour, vatPercent } = invoice
  const price = `${overageAgreed} min at ${moneyText(rateMinorPerHour, currency)} an hour`
  const sum = `${moneyText(netMinor, currency)} + ${moneyText(vatMinor, currency)} VAT (${vatPercent} %)`
  return [`invoice: ${price} = ${sum} = ${moneyText(grossMinor, currency)}`, ...waiting]
}
