import type { StatementLine, StatementView } from '#shared/statement.ts'
import { moneyText } from '#shared/money-text.ts'
import { recordingUrl } from './statement-csv.ts'
import { statementTexts, type StatementTexts } from './statement-texts.ts'
import { targetsOf } from './statement-table.ts'

const STYLE = `body{font:14px/1.45 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:1.6rem 0 .4rem}small,.hash{color:#555;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}caption{text-align:left;color:#555}th,td{padding:.25rem .5rem;text-align:left;
border-bottom:1px solid #ddd;vertical-align:top}.n{text-align:right;font-variant-numeric:tabular-nums}
tfoot td{font-weight:600}@media print{body{margin:0;max-width:none}a{color:inherit;text-decoration:none}}`

/** What names a document: the language of the client and where its recordings are looked at. */
export interface StatementPaper {
  readonly language: 'ru' | 'en'
  readonly publicUrl: string
}

/** The statement as one HTML file that needs nothing else: for mail, print and the archive. */
export function statementHtml(statement: StatementView, { language, publicUrl }: StatementPaper): string {
  const texts = statementTexts[language]
  const title = `${texts.title} ${statement.month}: ${statement.name}`
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(title)}</h1>
<p>${escaped(stateText(statement, texts))}</p>
${balanceSection(statement, texts)}
${workSection(statement, { texts, publicUrl })}
${correctionSection(statement, texts)}
${invoiceSection(statement, texts)}
${list(texts.open, statement.open)}
<p><small>${escaped(texts.versions(statement.rules, statement.zoneData, statement.zone, statement.asOf))}</small></p>
</body></html>
`
}

function stateText(statement: StatementView, texts: StatementTexts): string {
  return statement.state === 'open'
    ? texts.draft
    : `${texts.closed(statement.closedAt, statement.closedBy)} SHA-256 ${statement.hash}`
}

function balanceSection({ balance }: StatementView, texts: StatementTexts): string {
  const names = Object.keys(texts.balance) as (keyof StatementTexts['balance'])[]
  const rows = names.map((name) => row([escaped(texts.balance[name]), number(texts.length(balance[name]))]))
  return `<h2>${escaped(texts.balanceTitle)}</h2><table><tbody>${rows.join('')}</tbody></table>`
}

function workSection(
  { lines, totals }: StatementView,
  { texts, publicUrl }: { readonly texts: StatementTexts; readonly publicUrl: string },
): string {
  const heads = texts.columns.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')
  const rows = lines.map((line) =>
    row([
      `<a href="${escaped(recordingUrl(line.sessions, publicUrl))}">${line.day} ${line.at}</a>`,
      escaped(line.task ?? '-'),
      escaped(targetsOf(line).join(', ')),
      escaped(line.staff),
      number(texts.exact(line.exactMs)),
      number(String(line.charged)),
      escaped(remarkOf(line, texts)),
    ]),
  )
  const sum = row([
    escaped(texts.total),
    '',
    '',
    '',
    number(texts.exact(totals.exactMs)),
    number(String(totals.charged)),
    '',
  ])
  return `<h2>${escaped(texts.work)}</h2><table><thead><tr>${heads}</tr></thead><tbody>${rows.join('\n')}</tbody><tfoot>${sum}</tfoot></table>`
}

function remarkOf(line: StatementLine, texts: StatementTexts): string {
  const beyond = line.overageAgreed + line.overagePending
  return [
    line.billable ? '' : texts.notBilled,
    line.band ?? '',
    beyond === 0 ? '' : texts.beyond(beyond),
    line.provisional ? texts.provisional : '',
  ]
    .filter((text) => text !== '')
    .join('; ')
}

function correctionSection({ corrections }: StatementView, texts: StatementTexts): string {
  return list(
    texts.corrections,
    corrections.map(({ ref, minutes }) => texts.correction(ref, minutes)),
  )
}

function invoiceSection({ invoice }: StatementView, texts: StatementTexts): string {
  if (invoice === null) return ''
  const { currency, minutes, rateMinorPerHour, netMinor, vatMinor, vatPercent, grossMinor } = invoice
  const rows = [
    [texts.overage(minutes, moneyText(rateMinorPerHour, currency)), netMinor],
    [texts.vat(vatPercent), vatMinor],
    [texts.total, grossMinor],
  ] as const
  const printed = rows.map(([name, minor]) => row([escaped(name), number(moneyText(minor, currency))]))
  return `<h2>${escaped(texts.invoice)}</h2><table><tbody>${printed.join('')}</tbody></table>`
}

function list(title: string, items: readonly string[]): string {
  if (items.length === 0) return ''
  return `<h2>${escaped(title)}</h2><ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`
}

function row(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => (cell.startsWith('<td') ? cell : `<td>${cell}</td>`)).join('')}</tr>`
}

function number(text: string): string {
  return `<td class="n">${escaped(text)}</td>`
}

/** What was typed or named by others stays text. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
