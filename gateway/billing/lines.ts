import type { Band } from './after-hours.ts'
import { compareText } from './code-unit-order.ts'
import { ExactTime } from './exact-time.ts'
import type { MeasuredSession } from './measured-session.ts'
import { type Piece, pieceAt } from './pieces.ts'
import { chargedMinutes, roundedMinutes } from './rounding.ts'
import type { LineKey, TimePolicy } from './time-policy.ts'

/** A printed line: time that a contract rounds together, once. */
export interface Line {
  readonly client: string
  /** Such as `2026-11`, in the client's zone. */
  readonly month: string
  /** Day, staff, task and band of the first work on the line; all of it where the policy keys lines by them. */
  readonly day: string
  /** `*` when people are billed as one. */
  readonly staff: string
  readonly task: string | null
  readonly band: Band | null
  readonly billable: boolean
  /** Of all the line, where some milliseconds were shared rounded the way the line is. */
  readonly exactMs: number
  readonly minutes: number
  readonly charged: number
  readonly provisional: boolean
  /** Ids in the order of their first work. */
  readonly sessions: readonly string[]
  /** Instant of the first work. */
  readonly firstAt: number
}

type FirstWork = Pick<Line, 'day' | 'staff' | 'task' | 'band' | 'firstAt'>

interface OpenLine {
  readonly key: Pick<Line, 'client' | 'month' | 'billable'>
  readonly time: ExactTime
  /** Ids with the instant of their first work. */
  readonly sessions: Map<string, number>
  first: FirstWork
  provisional: boolean
}

/** Gathers live time into lines. */
export class Lines {
  readonly #policy: TimePolicy
  readonly #open = new Map<string, OpenLine>()
  /** Where the last time of a session went: its next is most often of the same piece. */
  readonly #lastOf = new Map<MeasuredSession, { readonly from: number; readonly to: number; readonly line: OpenLine }>()

  constructor(policy: TimePolicy) {
    this.#policy = policy
  }

  /** Adds `[from, to)` of a session, shared equally among that many clients. */
  add(session: MeasuredSession, from: number, to: number, among: number): void {
    let instant = from
    while (instant < to) {
      let last = this.#lastOf.get(session)
      if (last === undefined || instant < last.from || instant >= last.to) {
        const piece = pieceAt(session, instant, this.#policy)
        last = { from: instant, to: piece.until, line: this.#lineOf(session, piece, instant) }
        this.#lastOf.set(session, last)
      }
      const until = Math.min(to, last.to)
      last.line.time.add(until - instant, among)
      instant = until
    }
  }

  /** The lines so far, by client, day, first work, staff and task. Of a line without any time nothing is printed. */
  printed(): Line[] {
    return [...this.#open.values()].map((line) => this.#print(line)).toSorted(inOrderOfWork)
  }

  #lineOf(session: MeasuredSession, { day, task, band }: Piece, firstAt: number): OpenLine {
    const staff = this.#policy.acrossStaff === 'union' ? '*' : session.staff
    const key = { client: session.client, month: day.slice(0, 7), billable: session.billable }
    const first = { day, staff, task, band, firstAt }
    const values = { ...first, month: key.month, session: session.id } satisfies Record<LineKey | 'firstAt', unknown>
    const name = JSON.stringify([key, ...this.#policy.line.map((each) => values[each])])
    let line = this.#open.get(name)
    if (line === undefined) {
      line = { key, time: new ExactTime(), sessions: new Map(), first, provisional: false }
      this.#open.set(name, line)
    }
    if (firstAt < line.first.firstAt) line.first = first
    line.provisional ||= session.live
    line.sessions.set(session.id, Math.min(line.sessions.get(session.id) ?? Infinity, firstAt))
    return line
  }

  #print({ key, first, time, sessions, provisional }: OpenLine): Line {
    const exactMs = time.milliseconds(this.#policy.mode === 'up' ? 'up' : 'down')
    const minutes = roundedMinutes(exactMs, this.#policy)
    const percent = first.band === null ? 100 : this.#policy.afterHours!.percent[first.band]
    const charged = key.billable ? chargedMinutes(minutes, percent) : 0
    const byFirstWork = [...sessions].toSorted(([idA, a], [idB, b]) => a - b || compareText(idA, idB))
    return { ...key, ...first, exactMs, minutes, charged, provisional, sessions: byFirstWork.map(([id]) => id) }
  }
}

/** Of lines: by client, day, first work, staff and task. */
export function inOrderOfWork(a: Line, b: Line): number {
  return (
    compareText(a.client, b.client) ||
    compareText(a.day, b.day) ||
    a.firstAt - b.firstAt ||
    compareText(a.staff, b.staff) ||
    compareText(a.task ?? '', b.task ?? '') ||
    compareText(a.sessions[0]!, b.sessions[0]!)
  )
}
