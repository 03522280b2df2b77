import { z } from 'zod'
import type { TimePolicy } from '../time-policy.ts'

const STEPS = [1, 5, 6, 10, 15, 30, 60] as const
const MARKS = ['open', 'input', 'exec', 'output'] as const
/** Seconds: one to fifteen minutes. */
const [MIN_GRACE_S, MAX_GRACE_S] = [60, 900]

export type MarkKind = (typeof MARKS)[number]

/** The terms of a policy in a file; whether it has bands, the case's contract says what they are. */
export interface CasePolicy {
  readonly terms: Omit<TimePolicy, 'afterHours'>
  readonly marks: readonly MarkKind[]
  readonly bands: boolean
}

/** A member of `policies` that an engine `time` refers to. */
export const timePolicyInput = z
  .object({
    basis: z.enum(['active', 'wall']),
    grace_s: z.number().int().min(MIN_GRACE_S).max(MAX_GRACE_S).nullable(),
    marks: z.array(z.enum(MARKS)),
    merge: z.boolean(),
    across_clients: z.enum(['focus', 'full', 'split']),
    across_staff: z.enum(['sum', 'union']),
    day_split: z.enum(['split', 'start']),
    line: z.array(z.enum(['day', 'staff', 'task', 'band', 'session', 'month'])),
    increment_min: z.number().refine((step) => STEPS.some((each) => each === step), `one of ${STEPS.join(', ')}`),
    mode: z.enum(['up', 'nearest', 'down']),
    minimum_min: z.number().int().min(0),
    bands: z.boolean().default(false),
  })
  .check((context) => {
    for (const [path, message] of contradictions(context.value)) {
      context.issues.push({ code: 'custom', message, path: [path], input: context.value })
    }
  })
  .transform((input): CasePolicy => ({
    terms: {
      // `wall`: a session is live from open to end.
      graceMs: input.basis === 'wall' ? Infinity : (input.grace_s ?? 0) * 1000,
      merge: input.merge,
      acrossClients: input.across_clients,
      acrossStaff: input.across_staff,
      daySplit: input.day_split,
      line: input.line,
      stepMinutes: input.increment_min,
      mode: input.mode,
      minimumMinutes: input.minimum_min,
    },
    marks: input.basis === 'wall' ? ['open'] : input.marks,
    bands: input.bands,
  }))

interface Input {
  readonly basis: string
  readonly grace_s: number | null
  readonly merge: boolean
  readonly across_clients: string
  readonly across_staff: string
  readonly increment_min: number
  readonly minimum_min: number
  readonly line: readonly string[]
  readonly bands: boolean
}

function* contradictions(input: Input): Generator<readonly [keyof Input, string]> {
  if (input.basis === 'active' && input.grace_s === null) yield ['grace_s', 'needed for basis active']
  if (input.minimum_min % input.increment_min !== 0) yield ['minimum_min', 'not a multiple of increment_min']
  if (input.bands !== input.line.includes('band')) yield ['bands', 'goes with band in line, and band with it']
  if (!input.merge && input.across_clients !== 'full') yield ['across_clients', 'is full without merge']
  if (!input.merge && input.across_staff !== 'sum') yield ['across_staff', 'is sum without merge']
  if (input.across_clients === 'split' && input.across_staff === 'union') {
    yield ['across_staff', 'is sum when clients split']
  }
}
