import type { Calendar } from './calendar.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

export type Band = 'day' | 'after' | 'weekend'

/** The bands of a contract: when the day ends and what the hours outside it cost. */
export interface AfterHours {
  /** Minutes of the local clock, `[from, to)` of the day band; the rest of a working day is `after`. */
  readonly hours: readonly [number, number]
  /** Days of the week that are `weekend` from end to end; Monday is 0. */
  readonly weekend: readonly number[]
  /** Whole percents of a minute: 100 is the plain price. */
  readonly percent: Readonly<Record<Band, number>>
}

/** The band of an instant and the first instant after which it may be another. */
export function bandAt(instant: number, calendar: Calendar, terms: AfterHours): { band: Band; until: number } {
  const day = calendar.dayAt(instant)
  if (terms.weekend.includes(day.weekday)) return { band: 'weekend', until: day.to }

  // The clock itself decides, not the time since midnight: on the night of a change an hour comes twice or never.
  const { offsetMs, to: offsetEnds } = calendar.offsetAt(instant)
  const localMs = instant + offsetMs
  const sinceMidnight = localMs - Math.floor(localMs / DAY_MS) * DAY_MS
  const [opens, closes] = [terms.hours[0] * MINUTE_MS, terms.hours[1] * MINUTE_MS]
  const border = [opens, closes].find((each) => each > sinceMidnight) ?? DAY_MS
  return {
    band: opens <= sinceMidnight && sinceMidnight < closes ? 'day' : 'after',
    until: Math.min(instant + border - sinceMidnight, offsetEnds, day.to),
  }
}
