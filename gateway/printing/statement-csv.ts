import type { StatementLine, StatementView } from '#shared/statement.ts'
import { formatCsv } from './csv.ts'
import { targetsOf } from './statement-table.ts'

type Cells = Readonly<Record<string, string | number>>

/**
 * The lines of a month, and its corrections with the month they are for in the column `day`: the sum of `charged` is
 * what the month charges. `publicUrl` is where recordings are looked at.
 */
export function statementCsv(statement: StatementView, publicUrl: string): string {
  const { client, month, lines, corrections } = statement
  const rows = [
    ...lines.map((line) => workCells(line, statement, publicUrl)),
    ...corrections.map(({ ref, minutes, kind }): Cells => ({
      client,
      month,
      kind,
      day: ref,
      minutes,
      charged: minutes,
    })),
  ]
  const cells = rows.map((row) => COLUMNS.map((name) => row[name] ?? ''))
  return formatCsv(COLUMNS, cells)
}

/** Where the first recording behind a line is looked at. */
export function recordingUrl(sessions: readonly { readonly id: string }[], publicUrl: string): string {
  return `${publicUrl}/sessions/${sessions[0]!.id}`
}

const COLUMNS = (
  'client month kind day at task staff targets band billable exact_ms minutes charged covered overage_agreed ' +
  'overage_pending provisional recording sessions'
).split(' ')

function workCells(line: StatementLine, { client, month }: StatementView, publicUrl: string): Cells {
  return {
    client,
    month,
    kind: 'work',
    day: line.day,
    at: line.at,
    task: line.task ?? '',
    staff: line.staff,
    targets: targetsOf(line).join(' '),
    band: line.band ?? '',
    billable: String(line.billable),
    exact_ms: line.exactMs,
    minutes: line.minutes,
    charged: line.charged,
    covered: line.covered,
    overage_agreed: line.overageAgreed,
    overage_pending: line.overagePending,
    provisional: String(line.provisional),
    recording: recordingUrl(line.sessions, publicUrl),
    sessions: line.sessions.map(({ id }) => id).join(' '),
  }
}
