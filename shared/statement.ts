import { z } from 'zod'
import { instant, month, page, slug } from './api.ts'
import { contract } from './contract.ts'

const minutes = z.int()

/** Prepaid minutes that work of some days draws from. */
const pool = z.object({
  id: z.string(),
  kind: z.enum(['rollover', 'period', 'block']),
  minutes,
  /** Local dates, both included. */
  validFrom: z.iso.date(),
  validTo: z.iso.date(),
})

/** A line of work, in order of work. `minutes` are measured and rounded; `charged` splits into the three behind it. */
const statementLine = z.object({
  day: z.iso.date(),
  /** Local time of the first work. */
  at: z.string(),
  staff: z.string(),
  task: z.string().nullable(),
  band: z.string().nullable(),
  billable: z.boolean(),
  exactMs: z.int(),
  minutes,
  charged: minutes,
  covered: minutes,
  overageAgreed: minutes,
  /** Waits for the client's consent: not invoiced. */
  overagePending: minutes,
  /** A session of this line was live. */
  provisional: z.boolean(),
  /** In the order of their first work. */
  sessions: z.array(z.object({ id: z.string(), target: z.string() })),
  /** Milliseconds into the first session at which the line begins. */
  replayMs: z.int(),
})
export type StatementLine = z.output<typeof statementLine>

/** What a closed month keeps; `hash` is over this. Members are never removed: old months must stay readable. */
export const statementBody = z.object({
  client: slug,
  name: z.string(),
  month,
  zone: z.string(),
  /** Of the billing rules. */
  rules: z.int(),
  /** Of the time zone data, such as `2026a`. */
  zoneData: z.string(),
  /** Up to when work was counted. */
  asOf: instant,
  /** Null: nothing is agreed. */
  contract: contract.nullable(),
  lines: z.array(statementLine),
  /** Minutes on account of months that are closed. */
  corrections: z.array(z.object({ ref: month, minutes, kind: z.enum(['late', 'adjustment']) })),
  totals: z.object({
    exactMs: z.int(),
    minutes,
    /** Of the lines. */
    charged: minutes,
    /** Sum of the corrections. */
    corrected: minutes,
  }),
  /** carriedIn + included + credited = used + left; left = lapses + carriesOver. */
  balance: z.object({
    carriedIn: minutes,
    included: minutes,
    /** Taken back from closed months. */
    credited: minutes,
    used: minutes,
    left: minutes,
    lapses: minutes,
    carriesOver: minutes,
    overageAgreed: minutes,
    overagePending: minutes,
  }),
  carriedOut: z.array(pool),
  /** The agreed overage, in minor units; null: nothing is agreed with the client. */
  invoice: z
    .object({
      minutes,
      currency: z.string(),
      rateMinorPerHour: z.int(),
      netMinor: z.int(),
      vatPercent: z.int(),
      vatIncluded: z.boolean(),
      vatMinor: z.int(),
      grossMinor: z.int(),
    })
    .nullable(),
  /** Sessions that cannot be counted. */
  quarantined: z.array(z.object({ session: z.string(), reason: z.string() })),
  /** What stands against closing the month; of a closed one, what was accepted. */
  open: z.array(z.string()),
})
export type StatementBody = z.output<typeof statementBody>

const settled = { id: z.string(), hash: z.string(), closedAt: instant, closedBy: z.string() }

/** A preview, or a closed month: then it has an id. GET /api/v1/clients/{slug}/statements/{month} */
export const statement = z.discriminatedUnion('state', [
  z.object({ state: z.literal('open'), ...statementBody.shape }),
  z.object({ state: z.literal('closed'), ...settled, ...statementBody.shape }),
])
export type StatementView = z.output<typeof statement>

/** GET /api/v1/statements?client&from&to&cursor&limit: closed months, newest first; from and to are months, both included. */
export const statementQuery = z.object({
  client: slug.optional(),
  from: month.optional(),
  to: month.optional(),
  /** `nextCursor` of the page before. */
  cursor: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export const statementSummary = z.object({
  ...settled,
  client: slug,
  month,
  totals: statementBody.shape.totals,
  balance: statementBody.shape.balance,
  invoice: statementBody.shape.invoice,
})
export type StatementSummary = z.output<typeof statementSummary>
export const statementPage = page(statementSummary)

/** POST /api/v1/clients/{slug}/statements/{month}/close */
export const statementClose = z.strictObject({
  /** Close it although something is open; the statement then lists it. */
  accept: z.boolean().default(false),
})
