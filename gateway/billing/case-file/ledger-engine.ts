import { z } from 'zod'
import { month } from '#shared/api.ts'
import { keepLedger } from '../ledger.ts'
import { minutesByMonth } from './notation.ts'

const adjustment = z.object({
  month,
  minutes: z.number().int(),
  // An empty one is no mistake in the file: the ledger refuses the adjustment.
  reason: z.string().default(''),
  author: z.string().default(''),
})

/** The input of engine `ledger`. */
export const ledgerInput = z
  .object({
    computed_minutes_by_month: minutesByMonth,
    locked_months: z.array(month).default([]),
    snapshot: minutesByMonth.default({}),
    open_month: month,
    adjustments: z.array(adjustment).default([]),
  })
  .check(({ value, issues }) => {
    for (const [place, locked] of value.locked_months.entries()) {
      const path = ['locked_months', place]
      if (value.snapshot[locked] === undefined) {
        issues.push({ code: 'custom', message: `${locked} is not in snapshot`, path, input: locked })
      }
      if (locked === value.open_month) {
        issues.push({ code: 'custom', message: `${locked} is the open month`, path, input: locked })
      }
    }
  })

/** The totals and postings, in the notation of the file. */
export function computeLedger(input: z.output<typeof ledgerInput>) {
  const { totals, corrections, rejected } = keepLedger({
    computed: new Map(Object.entries(input.computed_minutes_by_month)),
    closed: new Map(input.locked_months.map((locked) => [locked, input.snapshot[locked]!])),
    openMonth: input.open_month,
    adjustments: input.adjustments,
  })
  return { month_totals: Object.fromEntries(totals), corrections, rejected }
}
