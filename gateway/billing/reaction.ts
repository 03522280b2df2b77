/** How long a task waited for its first mark, in milliseconds of real time, and whether that met the target. */
export interface Reaction {
  readonly reactionMs: number
  readonly met: boolean
}

/** The reaction from `raised` to `firstMark` (UTC milliseconds); exactly at the target is met. */
export function reaction(raised: number, firstMark: number, targetMs: number): Reaction {
  const reactionMs = firstMark - raised
  return { reactionMs, met: reactionMs <= targetMs }
}
