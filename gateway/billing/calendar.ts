const DAY_MS = 86_400_000
/** 1970-01-01 was a Thursday; Monday is 0. */
const WEEKDAY_OF_EPOCH = 3

/** A stretch `[from, to)` in which local clocks keep one distance from UTC. */
interface OffsetSpan {
  readonly from: number
  readonly to: number
  readonly offsetMs: number
}

/** A local date as the instants it covers, `[from, to)`, in UTC milliseconds. */
export interface LocalDay {
  /** Such as `2026-11-23`. */
  readonly date: string
  /** Monday is 0. */
  readonly weekday: number
  readonly from: number
  readonly to: number
}

/** The calendar of one IANA zone; the process's own zone plays no part. Throws RangeError for an unknown zone. */
export class Calendar {
  readonly #clock: Intl.DateTimeFormat
  readonly #spans = new Map<number, readonly OffsetSpan[]>()
  readonly #dayStarts = new Map<number, number>()
  #lastDay: LocalDay = { date: '', weekday: 0, from: 0, to: 0 }

  constructor(zone: string) {
    this.#clock = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  }

  /** The local day an instant falls on. */
  dayAt(instant: number): LocalDay {
    if (instant < this.#lastDay.from || instant >= this.#lastDay.to) this.#lastDay = this.#findDay(instant)
    return this.#lastDay
  }

  /** The distance of local clocks from UTC at an instant; it holds until `to` at least. */
  offsetAt(instant: number): OffsetSpan {
    const spans = this.#spansOf(Math.floor(instant / DAY_MS))
    return spans.find((span) => instant < span.to)!
  }

  /**
   * The first instant whose local date is the given day, counted from 1970-01-01. There may be no midnight
   * (Cairo in spring) or two (Cairo in autumn); a date that was skipped (Samoa) starts and ends with the next.
   */
  dayStart(day: number): number {
    const known = this.#dayStarts.get(day)
    if (known !== undefined) return known
    const start = this.#findDayStart(day)
    this.#dayStarts.set(day, start)
    return start
  }

  #findDay(instant: number): LocalDay {
    let day = Math.floor(instant / DAY_MS)
    while (this.dayStart(day) > instant) day -= 1
    while (this.dayStart(day + 1) <= instant) day += 1
    return {
      date: new Date(day * DAY_MS).toISOString().slice(0, 10),
      weekday: (((day + WEEKDAY_OF_EPOCH) % 7) + 7) % 7,
      from: this.dayStart(day),
      to: this.dayStart(day + 1),
    }
  }

  #findDayStart(day: number): number {
    // No zone is a whole day from UTC, so the date begins on the UTC day before or on its own, or was skipped.
    const spans = [day - 1, day, day + 1].flatMap((utcDay) => this.#spansOf(utcDay))
    const span = spans.find(({ to, offsetMs }) => day * DAY_MS - offsetMs < to)!
    return Math.max(span.from, day * DAY_MS - span.offsetMs)
  }

  #spansOf(utcDay: number): readonly OffsetSpan[] {
    let spans = this.#spans.get(utcDay)
    if (spans === undefined) {
      spans = this.#findSpans(utcDay * DAY_MS, (utcDay + 1) * DAY_MS)
      this.#spans.set(utcDay, spans)
    }
    return spans
  }

  /** One span, or two when the clocks change inside the UTC day `[from, to)`; they change once a day at most. */
  #findSpans(from: number, to: number): readonly OffsetSpan[] {
    const [before, after] = [this.#readOffset(from), this.#readOffset(to)]
    if (before === after) return [{ from, to, offsetMs: before }]
    let [same, changed] = [from, to]
    while (changed - same > 1) {
      const middle = Math.floor((same + changed) / 2)
      if (this.#readOffset(middle) === before) same = middle
      else changed = middle
    }
    const spans = [
      { from, to: changed, offsetMs: before },
      { from: changed, to, offsetMs: after },
    ]
    return changed === to ? spans.slice(0, 1) : spans
  }

  #readOffset(instant: number): number {
    const name = this.#clock.formatToParts(instant).find((part) => part.type === 'timeZoneName')!.value
    // `GMT`, `GMT+05:30`; before standard time also `GMT+02:30:17`.
    const match = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(name)!
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = match
    const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
    return sign === '-' ? -size : size
  }
}
