import type { TimeReport } from '#shared/api.ts'
import { type ContractStore, policiesOf } from './contract.ts'
import { monthRange } from './month-range.ts'
import { type ReportPeriod, reportTime } from './time-report.ts'
import type { WorkedSessionSource } from './worked-session.ts'

/** Where a month begins first on Earth, UTC+14, and where it ends last, UTC-12. */
const FIRST_ZONE = 'Pacific/Kiritimati'
const LAST_ZONE = 'Etc/GMT+12'

/** Where the minutes come from. */
export interface TimeSources {
  readonly workedSessions: WorkedSessionSource
  readonly contracts: Pick<ContractStore, 'list'>
}

/**
 * The minutes on record up to `asOf` by the contracts, as `gatebook time` and the API show them; `staff` is a login,
 * undefined everybody. Every session of the people asked about is read, whatever its client: see `reportTime`.
 */
export async function workedTime(
  { workedSessions, contracts }: TimeSources,
  asked: { readonly period: ReportPeriod; readonly staff: string | undefined },
  asOf: Date,
): Promise<TimeReport> {
  const { period, staff } = asked
  const sessions = await workedSessions.workedSessions({ ...readRange(period), ...(staff !== undefined && { staff }) })
  return reportTime(sessions, policiesOf(await contracts.list()), period, asOf)
}

/** Instants that hold the period in every zone. */
export function readRange(period: ReportPeriod): { from: Date; to: Date } {
  if (!('month' in period)) return { from: period.from, to: period.to }
  return { from: monthRange(period.month, FIRST_ZONE).from, to: monthRange(period.month, LAST_ZONE).to }
}
