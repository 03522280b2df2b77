/** A session as marks on the time axis: UTC milliseconds, `[start, end)`. */
export interface MarkedSpan {
  readonly start: number
  readonly end: number
  /** Milliseconds since the start, ascending. Marks at or after the end count for nothing. */
  readonly marks: ArrayLike<number>
  /** Milliseconds a mark keeps the session live; Infinity: to its end. */
  readonly graceMs: number
}

/**
 * The marks of several sessions in one order, by instant and then by place in the list, a run at a time: marks of
 * one session, none of another's between them, that keep it live without a gap. Kept in a heap of the sessions'
 * next marks, typing that stays in one session costs one comparison a mark; nothing is made per mark or run.
 */
export class MarkRuns {
  readonly #spans: readonly MarkedSpan[]
  /** Per session: how many marks are taken, and the instant of the next. */
  readonly #taken: Int32Array
  readonly #next: Float64Array
  readonly #heap: number[]

  constructor(spans: readonly MarkedSpan[]) {
    this.#spans = spans
    this.#taken = new Int32Array(spans.length)
    this.#next = Float64Array.from(spans, (span) => instantOfMark(span, 0))
    // A sorted array is a heap.
    this.#heap = [...spans.keys()]
      .filter((index) => this.#next[index]! < Infinity)
      .toSorted((a, b) => this.#compare(a, b))
  }

  /** Place in the list of the session whose run is next; undefined when every mark was taken. */
  get next(): number | undefined {
    return this.#heap[0]
  }

  /** Instant of a session's next mark; Infinity when it has none. */
  nextMark(index: number): number {
    return this.#next[index]!
  }

  /** Takes the next run and gives the instant its session is live until. */
  takeRun(): number {
    const index = this.#heap[0]!
    const span = this.#spans[index]!
    const others = this.#nextOfOthers()
    let taken = this.#taken[index]!
    let mark = this.#next[index]!
    let until: number
    do {
      until = Math.min(mark + span.graceMs, span.end)
      taken += 1
      mark = instantOfMark(span, taken)
    } while (mark <= until && mark < others)
    this.#taken[index] = taken
    this.#next[index] = mark
    this.#settleFirst()
    return until
  }

  #nextOfOthers(): number {
    const { length, 1: left, 2: right } = this.#heap
    if (length === 1) return Infinity
    return length === 2 ? this.#next[left!]! : Math.min(this.#next[left!]!, this.#next[right!]!)
  }

  #settleFirst(): void {
    const heap = this.#heap
    if (this.#next[heap[0]!] === Infinity) {
      const last = heap.pop()!
      if (heap.length === 0) return
      heap[0] = last
    }
    let place = 0
    for (;;) {
      let child = place * 2 + 1
      if (child >= heap.length) return
      if (child + 1 < heap.length && this.#compare(heap[child + 1]!, heap[child]!) < 0) child += 1
      if (this.#compare(heap[place]!, heap[child]!) <= 0) return
      ;[heap[place], heap[child]] = [heap[child]!, heap[place]!]
      place = child
    }
  }

  #compare(a: number, b: number): number {
    return this.#next[a]! - this.#next[b]! || a - b
  }
}

function instantOfMark(span: MarkedSpan, place: number): number {
  if (place >= span.marks.length) return Infinity
  const instant = span.start + span.marks[place]!
  return instant < span.end ? instant : Infinity
}
