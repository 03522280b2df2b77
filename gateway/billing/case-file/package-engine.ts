import { z } from 'zod'
import { drawFromPackage } from '../package.ts'
import { date, minutes, name } from './notation.ts'

const pool = z
  .object({
    id: name,
    kind: z.enum(['rollover', 'period', 'block']),
    minutes,
    valid_from: date,
    valid_to: date,
  })
  .refine((each) => each.valid_from <= each.valid_to, { path: ['valid_to'], message: 'before valid_from' })

const line = z.object({
  day: date,
  at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time looks like 09:30'),
  staff: name,
  task: name.nullable().default(null),
  minutes,
})

/** The input of engine `package`. */
export const packageInput = z
  .object({ pools: z.array(pool), lines: z.array(line), approved_overage_min: minutes })
  .check(({ value, issues }) => {
    const seen = new Set<string>()
    for (const [place, { id }] of value.pools.entries()) {
      if (seen.has(id))
        issues.push({ code: 'custom', message: `twice: ${id}`, path: ['pools', place, 'id'], input: id })
      seen.add(id)
    }
  })

/** The lines with what they drew, and what is left, in the notation of the file. */
export function computePackage(input: z.output<typeof packageInput>) {
  const pools = input.pools.map(({ valid_from: validFrom, valid_to: validTo, ...rest }) => ({
    ...rest,
    validFrom,
    validTo,
  }))
  const { lines, left } = drawFromPackage(pools, input.lines, input.approved_overage_min)
  const printed = lines.map((each) => ({
    day: each.line.day,
    staff: each.line.staff,
    minutes: each.line.minutes,
    covered: each.covered,
    draw: Object.fromEntries(each.draw),
    overage_approved: each.overageApproved,
    overage_pending: each.overagePending,
  }))
  const sum = (key: 'covered' | 'overage_approved' | 'overage_pending') =>
    printed.reduce((total, each) => total + each[key], 0)
  return {
    lines: printed,
    covered: sum('covered'),
    overage_approved: sum('overage_approved'),
    overage_pending: sum('overage_pending'),
    left: Object.fromEntries(left),
  }
}
