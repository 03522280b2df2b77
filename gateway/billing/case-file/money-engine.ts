import { z } from 'zod'
import { invoice } from '../money.ts'
import { minutes } from './notation.ts'

/** Minor units an hour; with the limit of minutes an amount stays far below 2^53. */
const MAX_RATE = 1_000_000_000

/** The input of engine `money`. */
export const moneyInput = z.object({
  invoice_lines: z.array(z.object({ minutes, rate_minor_per_hour: z.number().int().min(0).max(MAX_RATE) })),
  vat_percent: z.number().int().min(0).max(100),
  vat_included: z.boolean(),
})

/** The amounts in minor units, in the notation of the file. */
export function computeMoney(input: z.output<typeof moneyInput>) {
  const lines = input.invoice_lines.map((line) => ({
    minutes: line.minutes,
    rateMinorPerHour: line.rate_minor_per_hour,
  }))
  const amounts = invoice(lines, { percent: input.vat_percent, included: input.vat_included })
  return {
    line_minor: amounts.lineMinor,
    net_minor: amounts.netMinor,
    vat_minor: amounts.vatMinor,
    gross_minor: amounts.grossMinor,
  }
}
