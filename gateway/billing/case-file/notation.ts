import { z } from 'zod'
import { month } from '#shared/api.ts'

/** Marks are expanded one by one: a range in a file must not take all the memory. */
const MAX_OFFSETS = 10_000_000
/** Minutes; leaves room for sums far below 2^53. */
const MAX_MINUTES = 100_000_000

export const name = z.string().min(1)
export const date = z.iso.date()
export const minutes = z.number().int().min(0).max(MAX_MINUTES)
export const minutesByMonth = z.record(month, minutes)

/** RFC 3339 to UTC milliseconds. */
export const instant = z.iso
  .datetime({ offset: true })
  .refine((text) => !/\.\d{3}\d*[1-9]/.test(text), 'finer than a millisecond')
  .transform((text) => Date.parse(text))

/** Seconds to milliseconds, 0 or more. */
export const seconds = z.unknown().transform((value, context): number => {
  const ms = toMilliseconds(value)
  if (typeof ms === 'number') return ms
  context.addIssue(ms.mistake)
  return z.NEVER
})

/** Numbers of seconds and ranges `[a, b, step]` (a, a+step, … ≤ b) to milliseconds, in no order. */
export const offsets = z.array(z.unknown()).transform((items, context): readonly number[] => {
  const all: number[] = []
  for (const [place, item] of items.entries()) {
    const range = Array.isArray(item) ? toRange(item) : toRange([item, item, 1])
    if ('mistake' in range) {
      context.addIssue({ code: 'custom', message: range.mistake, path: [place] })
    } else if ((range.to - range.from) / range.step + all.length >= MAX_OFFSETS) {
      context.addIssue(`more than ${MAX_OFFSETS} marks`)
      break
    } else {
      for (let at = range.from; at <= range.to; at += range.step) all.push(at)
    }
  }
  return all
})

interface Mistake {
  readonly mistake: string
}

function toRange(items: readonly unknown[]): { from: number; to: number; step: number } | Mistake {
  if (items.length !== 3) return { mistake: 'a range is [from, to, step]' }
  const [from, to, step] = items.map(toMilliseconds) as [number | Mistake, number | Mistake, number | Mistake]
  if (typeof from !== 'number') return from
  if (typeof to !== 'number') return to
  if (typeof step !== 'number') return step
  return step === 0 ? { mistake: 'the step of a range is more than 0' } : { from, to, step }
}

function toMilliseconds(value: unknown): number | Mistake {
  if (typeof value !== 'number') return { mistake: 'expected a number of seconds' }
  const ms = Math.round(value * 1000)
  if (ms < 0) return { mistake: 'less than 0' }
  if (!Number.isSafeInteger(ms)) return { mistake: 'too many seconds' }
  // Binary floats hold 1.001 s only nearly; what differs by a microsecond was meant.
  return Math.abs(value * 1000 - ms) < 0.001 ? ms : { mistake: 'finer than a millisecond' }
}
