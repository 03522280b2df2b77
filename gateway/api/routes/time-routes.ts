import type { z } from 'zod'
import { timeQuery, timeReport } from '#shared/api.ts'
import { pageScope } from '../../access/page-rights.ts'
import type { ReportPeriod } from '../../billing/time-report.ts'
import { workedTime } from '../../billing/worked-time.ts'
import { GatewayError } from '../../errors.ts'
import type { ApiParts } from '../api-parts.ts'
import { narrow } from '../narrow.ts'
import { route, type Route } from '../route.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** Every session of the period is computed anew: a year is the longest anybody may ask for at once. */
const PERIOD_MAX_MS = 366 * DAY_MS

/** Minutes worked. */
export function timeRoutes(parts: ApiParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/time',
      summary: "Minutes of a month in each client's zone, or of a period: lines, totals and what cannot be billed",
      query: timeQuery,
      answer: timeReport,
      handle: async ({ reader, query }) => {
        const period = askedPeriod(query)
        const asked = narrow(query, pageScope(reader, 'see-session'))
        if (asked === undefined) return { lines: [], totals: [], quarantined: [] }
        return workedTime(
          parts.stores,
          { period: { ...period, ...(asked.client !== undefined && { client: asked.client }) }, staff: asked.staff },
          parts.clock.now(),
        )
      },
    }),
  ]
}

/** Either a month or both ends. Throws `bad-input`. */
function askedPeriod({ month, from, to }: z.output<typeof timeQuery>): ReportPeriod {
  if (month !== undefined && from === undefined && to === undefined) return { month }
  if (month !== undefined || from === undefined || to === undefined) {
    throw new GatewayError('bad-input', 'month: give either month, or both from and to')
  }
  const range = { from: new Date(from), to: new Date(to) }
  const lengthMs = range.to.getTime() - range.from.getTime()
  if (lengthMs <= 0) throw new GatewayError('bad-input', 'to: must be later than from')
  if (lengthMs > PERIOD_MAX_MS) throw new GatewayError('bad-input', 'to: at most 366 days after from')
  return range
}
