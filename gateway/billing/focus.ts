import { type MarkedSpan, MarkRuns } from './mark-runs.ts'

/** Takes the stretches `[from, to)`, in order of time; neighbours of one session arrive as one stretch. */
export type TakeStretch<Span> = (span: Span, from: number, to: number) => void

/**
 * Gives each instant to the session with the latest live mark; of marks at one instant the session later
 * in the list wins. So the stretches never overlap, and together they are all the time any session was live.
 */
export function focus<Span extends MarkedSpan>(spans: readonly Span[], take: TakeStretch<Span>): void {
  const runs = new MarkRuns(spans)
  const liveUntil = new Float64Array(spans.length)
  // Sessions by their latest mark, last on top. One raised again leaves its old place behind; by the time that
  // place comes up, the session is no longer live.
  const recent: number[] = []
  let cursor = -Infinity
  const stretches = joined(take)

  const advance = (to: number): void => {
    while (recent.length > 0 && cursor < to) {
      const top = recent.at(-1)!
      const until = Math.min(liveUntil[top]!, to)
      if (until > cursor) {
        stretches.add(spans[top]!, cursor, until)
        cursor = until
      }
      if (cursor < to) recent.pop()
    }
    cursor = to
  }

  for (let next = runs.next; next !== undefined; next = runs.next) {
    advance(runs.nextMark(next))
    if (recent.at(-1) !== next) recent.push(next)
    liveUntil[next] = runs.takeRun()
  }
  advance(Infinity)
  stretches.end()
}

function joined<Span>(take: TakeStretch<Span>) {
  let span: Span | undefined
  let [from, to] = [0, 0]
  const end = (): void => {
    if (span !== undefined) take(span, from, to)
  }
  const add = (nextSpan: Span, nextFrom: number, nextTo: number): void => {
    if (nextSpan !== span || nextFrom !== to) {
      end()
      span = nextSpan
      from = nextFrom
    }
    to = nextTo
  }
  return { add, end }
}
