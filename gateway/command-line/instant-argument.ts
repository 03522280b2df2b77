import { InvalidArgumentError } from 'commander'
import { z } from 'zod'

const rfc3339 = z.iso.datetime({ offset: true })
const date = z.iso.date()
const DAY_MS = 86_400_000
const lengths: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS }

/** An instant, or a local date as days since 1970-01-01, whose beginning depends on the zone. */
export type DateOrInstant = Date | { readonly day: number }

/** A date such as `2026-11-23`, or RFC 3339. */
export function dateOrInstantArgument(text: string): DateOrInstant {
  if (date.safeParse(text).success) return { day: Date.parse(`${text}T00:00:00Z`) / DAY_MS }
  const instant = parseInstant(text)
  if (instant !== undefined) return instant
  throw new InvalidArgumentError('a date such as 2026-11-23 or a time such as 2026-11-23T12:00:00+03:00 is expected.')
}

/** RFC 3339, or a date for its midnight in UTC. */
export function instantArgument(text: string): Date {
  const given = dateOrInstantArgument(text)
  return given instanceof Date ? given : new Date(given.day * DAY_MS)
}

/** RFC 3339, or a length from `now` such as `90m`, `8h`, `7d` or `2w`. What is over already is refused. */
export function untilArgument(now: () => Date): (text: string) => Date {
  return (text) => {
    const until = parseLength(text, now()) ?? parseInstant(text)
    if (until === undefined) {
      throw new InvalidArgumentError('a length such as 8h or 7d, or a time such as 2026-11-23T18:00:00Z is expected.')
    }
    if (until <= now()) throw new InvalidArgumentError('that time is over already.')
    return until
  }
}

function parseLength(text: string, from: Date): Date | undefined {
  const [, count, unit] = /^(\d{1,5})([mhdw])$/.exec(text) ?? []
  return count === undefined ? undefined : new Date(from.getTime() + Number(count) * lengths[unit!]!)
}

function parseInstant(text: string): Date | undefined {
  return rfc3339.safeParse(text).success ? new Date(text) : undefined
}
