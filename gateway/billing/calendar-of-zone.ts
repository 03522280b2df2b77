import { Calendar } from './calendar.ts'

/** Making a calendar is slow and it only gathers facts of its zone, so each zone has one for the whole process. */
const calendars = new Map<string, Calendar>()

/** The calendar of an IANA zone such as `Europe/Moscow`. Throws RangeError for an unknown zone. */
export function calendarOf(zone: string): Calendar {
  let calendar = calendars.get(zone)
  if (calendar === undefined) {
    calendar = new Calendar(zone)
    calendars.set(zone, calendar)
  }
  return calendar
}
