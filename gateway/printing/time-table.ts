import type { TimeLine, TimeReport } from '#shared/api.ts'
import { shortLength } from './short-times.ts'
import { type Column, formatTable } from './table.ts'

const client: Column<TimeLine> = { title: 'client', text: (line) => line.client }
const day: Column<TimeLine> = { title: 'day', text: (line) => line.day }
const staff: Column<TimeLine> = { title: 'staff', text: (line) => line.staff }
const work: readonly Column<TimeLine>[] = [
  { title: 'task', text: (line) => line.task ?? '-' },
  { title: 'exact', right: true, text: (line) => shortLength(line.exactMs) },
  { title: 'minutes', right: true, text: (line) => String(line.minutes) },
  { title: 'charged', right: true, text: (line) => String(line.charged) },
  { title: 'sessions', right: true, text: (line) => String(line.sessions.length) },
  { title: '', text: (line) => (line.provisional ? 'still counting' : '') },
]

/** The lines of a report and the total of each client, in `width` characters where it is known. */
export function timeTable(
  { lines, totals }: TimeReport,
  { ofOnePerson, width }: { readonly ofOnePerson: boolean; readonly width: number | undefined },
): string {
  const columns = [client, day, ...(ofOnePerson ? [] : [staff]), ...work]
  const sums = totals.map((total) => `\n${total.client}: ${minutesText(total.minutes)}, ${total.charged} charged\n`)
  return formatTable(lines, columns, width) + sums.join('')
}

/** What the report cannot count, a line each. */
export function quarantineLines({ quarantined }: TimeReport): readonly string[] {
  return quarantined.map(({ session, reason }) => `session ${session} is not counted: ${reason}`)
}

function minutesText(minutes: number): string {
  return minutes === 1 ? '1 minute' : `${minutes} minutes`
}
