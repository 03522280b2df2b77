import { z } from 'zod'
import type { AfterHours } from '../after-hours.ts'
import { calendarOf } from '../calendar-of-zone.ts'
import { instant, name, offsets, seconds } from './notation.ts'

const LAST_MINUTE = 24 * 60
const percent = z.number().int().min(0).max(10_000)

const zone = name.refine(isZone, 'not an IANA time zone')

const contract = z.object({
  hours: z
    .tuple([z.number().int().min(0), z.number().int().max(LAST_MINUTE)])
    .refine(([opens, closes]) => opens < closes, 'the day band ends after it begins'),
  weekend: z.array(z.number().int().min(0).max(6)),
  percent: z.object({ day: percent, after: percent, weekend: percent }),
}) satisfies z.ZodType<AfterHours>

const session = z
  .object({
    id: name,
    staff: name,
    client: name,
    start: instant,
    end: instant.nullable().optional(),
    mono_s: seconds.optional(),
    kind: z.string().optional(),
    task: name.nullable().default(null),
    task_switch: z.array(z.tuple([seconds, name.nullable()])).default([]),
    billable: z.boolean().default(true),
    input: offsets.default([]),
    output: offsets.default([]),
  })
  .refine(({ end, mono_s: length }) => end !== undefined || length !== undefined, {
    path: ['end'],
    message: 'needed where there is no mono_s; null is a session still open',
  })

/** The input of engine `time`. Instants and offsets become milliseconds. */
export const timeInput = z
  .object({
    client_tz: z.record(name, zone),
    sessions: z.array(session),
    as_of: instant.optional(),
    contract: contract.optional(),
  })
  .check(({ value, issues }) => {
    for (const [place, { client, end, mono_s: length }] of value.sessions.entries()) {
      const path = ['sessions', place, 'client']
      if (!Object.hasOwn(value.client_tz, client)) {
        issues.push({ code: 'custom', message: `client ${client} is not in client_tz`, path, input: client })
      }
      if (end === null && length === undefined && value.as_of === undefined) {
        issues.push({ code: 'custom', message: 'needed: a session is open', path: ['as_of'], input: undefined })
      }
    }
  })

export type TimeInput = z.output<typeof timeInput>
export type SessionInput = TimeInput['sessions'][number]

function isZone(text: string): boolean {
  try {
    calendarOf(text)
    // Newer engines take offsets such as +03:00 too, which is no zone with a calendar.
    return /^[A-Za-z]/.test(text)
  } catch {
    return false
  }
}
