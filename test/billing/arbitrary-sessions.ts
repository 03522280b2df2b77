import fc from 'fast-check'
import type { WorkedSession } from '#gateway/billing/worked-session.ts'

/** Late on 10 November in Moscow, so that midnights and the ends of days are among the cases. */
const EVENING = Date.parse('2026-11-10T20:00:00Z')
const HOUR = 3_600_000

const zones = ['Europe/Moscow', 'Asia/Kolkata', 'Africa/Cairo']

const oneSession = fc
  .record({
    // Few values, so that sessions begin, type and end at the same instants often.
    start: fc.integer({ min: 0, max: 120 }).map((minutes) => EVENING + minutes * 60_000),
    lengthMs: fc.oneof(
      fc.integer({ min: 0, max: 60 }).map((minutes) => minutes * 60_000),
      fc.nat(HOUR),
    ),
    marks: fc.array(
      fc.oneof(
        fc.integer({ min: 0, max: 60 }).map((minutes) => minutes * 60_000),
        fc.nat(HOUR),
      ),
    ),
    client: fc.nat(2),
    staff: fc.constantFrom('anna', 'ivan'),
    task: fc.constantFrom(undefined, 'T-1', 'T-2'),
  })
  .map(({ start, lengthMs, marks, client, staff, task }): Omit<WorkedSession, 'id'> => ({
    client: `c${client}`,
    zone: zones[client]!,
    staff,
    target: `web1.c${client}`,
    task,
    startedAt: new Date(start),
    lengthMs,
    live: false,
    endedAt: undefined,
    marksMs: marks.toSorted((a, b) => a - b),
  }))

/** Some sessions of two people at three clients, within three hours, their ids in no order of time. */
export const someSessions: fc.Arbitrary<WorkedSession[]> = fc
  .array(oneSession, { maxLength: 8 })
  .map((sessions) => sessions.map((session, place) => ({ ...session, id: `s${place}` })))
