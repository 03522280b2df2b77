import { describe, expect, it } from 'vitest'
import { replayAxis } from '../../replay-ui/session/replay-axis.ts'

/** Opened at 1 s; something happened at 2 s and at 62 s, and the minute between is cut to 2 s. */
const axis = replayAxis({ openedMs: 1000 }, [{ atUs: 62e6, replayUs: 3e6 }])

describe('the time axis of a replay', () => {
  it.each([
    ['before the channel was opened', 0.5, 0],
    ['when it was opened', 1, 0],
    ['before the first event', 1.5, 0.5],
    ['at an event', 2, 1],
    ['in the part of a pause that is kept', 3.5, 2.5],
    ['in the part of a pause that is cut', 30, 3],
    ['at the event after the pause', 62, 3],
    ['after the last event', 64, 5],
  ])('places a moment of the session %s', (_where, sessionS, replayS) => {
    expect(axis.toReplayS(sessionS)).toBeCloseTo(replayS, 9)
  })

  it.each([
    ['the beginning', 0, 1],
    ['an event', 1, 2],
    ['a pause', 2.5, 3.5],
    ['the event after it', 3, 62],
    ['the end', 5, 64],
  ])('tells which moment of the session %s of the replay was', (_where, replayS, sessionS) => {
    expect(axis.toSessionS(replayS)).toBeCloseTo(sessionS, 9)
  })

  it('is the pace of the recording where no pause is cut', () => {
    const silent = replayAxis({ openedMs: 0 }, [])
    expect([silent.toReplayS(7), silent.toSessionS(7)]).toEqual([7, 7])
  })
})
