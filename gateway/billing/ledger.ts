import { compareText } from './code-unit-order.ts'

/** A change of minutes decided by a person. */
interface Adjustment {
  /** Such as `2026-11`. */
  readonly month: string
  /** Minutes to add, or to take off when negative. */
  readonly minutes: number
  readonly reason: string
  readonly author: string
}

/** Minutes posted to `month` on account of month `ref`. */
interface Correction {
  readonly month: string
  readonly ref: string
  readonly minutes: number
  /** `late`: a closed month computes to other minutes now than when it was closed. */
  readonly kind: 'late' | 'adjustment'
}

export interface Books {
  /** Minutes as computed from all that is on record now, by month. */
  readonly computed: ReadonlyMap<string, number>
  /** Minutes of the closed months as they were closed. */
  readonly closed: ReadonlyMap<string, number>
  /** The month that takes what belongs to closed ones; it is not closed. */
  readonly openMonth: string
  /** In the order they were made. */
  readonly adjustments: readonly Adjustment[]
}

export interface Ledger {
  readonly totals: ReadonlyMap<string, number>
  readonly corrections: readonly Correction[]
  /** Why adjustments were refused. */
  readonly rejected: readonly string[]
}

/** Posts late time and adjustments: closed months never move, the open month takes the difference. */
export function keepLedger(books: Books): Ledger {
  const totals = new Map([...books.computed, ...books.closed])
  const corrections: Correction[] = []
  const rejected: string[] = []
  const post = (correction: Correction): void => {
    const total = (totals.get(correction.month) ?? 0) + correction.minutes
    if (total < 0) {
      rejected.push('below zero')
      return
    }
    totals.set(correction.month, total)
    corrections.push(correction)
  }

  for (const [ref, closedAt] of [...books.closed].toSorted(([a], [b]) => compareText(a, b))) {
    const minutes = (books.computed.get(ref) ?? closedAt) - closedAt
    if (minutes !== 0) post({ month: books.openMonth, ref, minutes, kind: 'late' })
  }
  for (const { month: ref, minutes, reason, author } of books.adjustments) {
    const month = books.closed.has(ref) ? books.openMonth : ref
    if (reason.trim() === '') rejected.push('reason required')
    else if (author.trim() === '') rejected.push('author required')
    else post({ month, ref, minutes, kind: 'adjustment' })
  }
  return { totals, corrections, rejected }
}
