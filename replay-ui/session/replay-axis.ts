import type { ChannelView, KeystrokeView } from '#shared/api.ts'
import { lastAtOrBefore } from '../keystrokes/last-at-or-before.ts'

/** Turns moments of a session into moments of its replay, whose long pauses are cut short, and back. Seconds. */
export interface ReplayAxis {
  toReplayS(sessionS: number): number
  toSessionS(replayS: number): number
}

interface Anchor {
  readonly sessionS: number
  readonly replayS: number
}

/**
 * The replay begins where the channel was opened. Exact at each keystroke, and everywhere where no pause is cut;
 * in between it goes on from the keystroke before at the pace of the recording and waits at the next one.
 */
export function replayAxis(
  { openedMs }: Pick<ChannelView, 'openedMs'>,
  keystrokes: readonly KeystrokeView[],
): ReplayAxis {
  const anchors: readonly Anchor[] = [
    { sessionS: openedMs / 1000, replayS: 0 },
    ...keystrokes.map((key) => ({ sessionS: key.atUs / 1e6, replayS: key.replayUs / 1e6 })),
  ]
  return {
    toReplayS: (sessionS) => follow(anchors, sessionS, 'sessionS', 'replayS'),
    toSessionS: (replayS) => follow(anchors, replayS, 'replayS', 'sessionS'),
  }
}

function follow(anchors: readonly Anchor[], moment: number, from: keyof Anchor, to: keyof Anchor): number {
  const index = lastAtOrBefore(anchors, (anchor) => anchor[from], moment)
  const anchor = anchors[index]
  if (anchor === undefined) return 0
  return Math.min(anchor[to] + moment - anchor[from], anchors[index + 1]?.[to] ?? Infinity)
}
