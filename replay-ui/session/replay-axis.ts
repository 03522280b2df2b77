import type { ChannelView, KeystrokeList } from '#shared/api.ts'
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
 * The replay begins where the channel was opened and runs at the pace of the recording; in a pause that is cut it
 * waits where it goes on.
 */
export function replayAxis(
  { openedMs }: Pick<ChannelView, 'openedMs'>,
  resumptions: KeystrokeList['resumptions'],
): ReplayAxis {
  const anchors: readonly Anchor[] = [
    { sessionS: openedMs / 1000, replayS: 0 },
    ...resumptions.map(({ atUs, replayUs }) => ({ sessionS: atUs / 1e6, replayS: replayUs / 1e6 })),
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
