import type { AccessSource } from '../../access/decision.ts'
import { type TimeSources, workedTime } from '../../billing/worked-time.ts'
import type { Clock } from '../../clock.ts'
import { GatewayError } from '../../errors.ts'
import { nearestName } from '../../nearest-name.ts'
import { jsonText } from '../../printing/json-text.ts'
import { quarantineLines, timeTable } from '../../printing/time-table.ts'
import type { ServiceCommand } from './service-command.ts'

export interface OwnTimeParts extends TimeSources {
  readonly access: Pick<AccessSource, 'grantedFacts'>
  readonly clock: Clock
}

/** `ssh bastion time`: what `gatebook time --staff ME` prints, of this month (in UTC) unless another is named. */
export function timeCommand(parts: OwnTimeParts): ServiceCommand {
  return {
    name: 'time',
    purpose: 'your minutes of this month',
    takes: ['month', 'client', 'json'],
    async answer({ staff, width }, { json, client, month = monthOf(parts.clock.now()) }) {
      const period = { month, ...(client !== undefined && { client }) }
      const report = await workedTime(parts, { period, staff: staff.login }, parts.clock.now())
      const isEmpty = report.lines.length === 0
      if (isEmpty && client !== undefined) await refuseUnknownClient(parts, staff.id, client)
      if (json) return { output: jsonText(report) }
      const notes = quarantineLines(report)
      if (!isEmpty) return { output: timeTable(report, { ofOnePerson: true, width }), notes }
      const forWhom = client === undefined ? '' : ` for ${client}`
      return { output: '', notes: [...notes, `no work of yours${forWhom} is on record in ${month}`] }
    },
  }
}

async function refuseUnknownClient({ access }: OwnTimeParts, staffId: string, slug: string): Promise<void> {
  const known = new Set((await access.grantedFacts(staffId)).map(({ client }) => client.slug))
  if (known.has(slug)) return
  const nearest = nearestName(slug, known)
  const mean = nearest === undefined ? '' : `; did you mean ${nearest}?`
  throw new GatewayError('not-found', `you never had a grant for a client ${slug}${mean}`)
}

function monthOf(now: Date): string {
  return now.toISOString().slice(0, 7)
}
