import { z } from 'zod'
import { instant } from './api.ts'

/** Minutes: a year and more of one person. */
const MINUTES_MAX = 1_000_000
/** Minor units an hour; with the limit of minutes an amount stays far below 2^53. */
const RATE_MAX = 1_000_000_000
const DAY_MINUTES = 24 * 60
const STEPS = [1, 5, 6, 10, 15, 30, 60] as const

/** What is rounded together, once: each day's work of one person on one task, or more. */
export const scopes = ['line', 'day', 'task', 'period', 'session'] as const
export const roundingModes = ['up', 'nearest', 'down'] as const

const minutes = z.int().min(0).max(MINUTES_MAX)
const percent = z.int().min(0).max(10_000)

const afterHours = z.strictObject({
  /** Minutes of the local clock, `[from, to)` of the day band. */
  hours: z
    .tuple([z.int().min(0).max(DAY_MINUTES), z.int().min(0).max(DAY_MINUTES)])
    .refine(([opens, closes]) => opens < closes, 'the day ends after it begins'),
  /** Days of the week; Monday is 0. */
  weekend: z.array(z.int().min(0).max(6)).refine((days) => new Set(days).size === days.length, 'each day once'),
  /** Whole percents of a minute. */
  percent: z.strictObject({ day: percent, after: percent, weekend: percent }),
})

/** What a client and we have agreed on for its months (billing rules 3 to 9). */
export const contractTerms = z
  .strictObject({
    /** Prepaid minutes of each month. */
    packageMinutes: minutes,
    /** Kopecks, cents … an hour beyond the package. */
    rateMinorPerHour: z.int().min(0).max(RATE_MAX),
    /** ISO 4217. */
    currency: z.string().refine(isCurrency, 'a currency such as RUB or EUR'),
    vat: z
      .strictObject({
        /** Whole percents. */
        percent: z.int().min(0).max(100),
        /** True: the rate holds it already. */
        included: z.boolean(),
      })
      .default({ percent: 0, included: false }),
    /** How long a key keeps its session live: 1 to 15 minutes, in whole seconds. */
    graceMs: z.int().min(60_000).max(900_000).multipleOf(1000).default(300_000),
    scope: z.enum(scopes).default('line'),
    stepMinutes: z.literal(STEPS, `one of ${STEPS.join(', ')}`).default(1),
    mode: z.enum(roundingModes).default('up'),
    /** 0, or a multiple of the step. */
    minimumMinutes: z.int().min(0).max(DAY_MINUTES).default(0),
    /** `union`: an instant is billed once however many people worked on it. */
    acrossStaff: z.enum(['sum', 'union']).default('sum'),
    /** Null: every hour is charged alike. */
    afterHours: afterHours.nullable().default(null),
    /** What of a month's unused minutes the months behind it may still use; null: none. */
    rollover: z
      .strictObject({ capMinutes: minutes.min(1), months: z.int().min(1).max(12) })
      .nullable()
      .default(null),
    /** `ask`: minutes beyond the package wait for the client's consent; `agreed`: the contract has it. */
    overage: z.enum(['ask', 'agreed']).default('ask'),
  })
  .refine((terms) => terms.minimumMinutes % terms.stepMinutes === 0, {
    path: ['minimumMinutes'],
    message: 'a multiple of stepMinutes',
  })
export type ContractTerms = z.output<typeof contractTerms>

/** PUT /api/v1/clients/{slug}/contract, answered with what is in force then. */
export const newContract = z.strictObject({
  /** The first of a month; a first contract may begin on any day. */
  validFrom: z.iso.date(),
  terms: contractTerms,
})

/** GET /api/v1/clients/{slug}/contract; `gatebook package show --json` */
export const contract = z.object({
  client: z.string(),
  validFrom: z.iso.date(),
  terms: contractTerms,
  enteredAt: instant,
  /** Such as `staff:olga` or `operator`. */
  enteredBy: z.string(),
})
export type ContractView = z.output<typeof contract>
export const contractList = z.object({ items: z.array(contract) })

/** Digits behind the point of a currency: 2 for RUB, 0 for JPY. */
export function minorDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

function isCurrency(code: string): boolean {
  return /^[A-Z]{3}$/.test(code) && Intl.supportedValuesOf('currency').includes(code)
}
