import { describe, expect, it } from 'vitest'
import type { KeystrokeView } from '#shared/api.ts'
import { replayAxis } from '../../replay-ui/session/replay-axis.ts'

/** Opened at 1 s; keys at 2 s and 62 s, the minute between them cut to 2 s. */
const axis = replayAxis({ openedMs: 1000 }, [keyAt(2, 1), keyAt(62, 3)])

describe('the time axis of a replay', () => {
  it.each([
    ['before the channel was opened', 0.5, 0],
    ['when it was opened', 1, 0],
    ['before the first key', 1.5, 0.5],
    ['at a key', 2, 1],
    ['in the part of a pause that is kept', 3.5, 2.5],
    ['in the part of a pause that is cut', 30, 3],
    ['at the key after the pause', 62, 3],
    ['after the last key', 64, 5],
  ])('places a moment of the session %s', (_where, sessionS, replayS) => {
    expect(axis.toReplayS(sessionS)).toBeCloseTo(replayS, 9)
  })

  it.each([
    ['the beginning', 0, 1],
    ['a key', 1, 2],
    ['a pause', 2.5, 3.5],
    ['the key after it', 3, 62],
    ['the end', 5, 64],
  ])('tells which moment of the session %s of the replay was', (_where, replayS, sessionS) => {
    expect(axis.toSessionS(replayS)).toBeCloseTo(sessionS, 9)
  })

  it('is the pace of the recording where nobody typed', () => {
    const silent = replayAxis({ openedMs: 0 }, [])
    expect([silent.toReplayS(7), silent.toSessionS(7)]).toEqual([7, 7])
  })
})

function keyAt(sessionS: number, replayS: number): KeystrokeView {
  return { seq: 0, atUs: sessionS * 1e6, replayUs: replayS * 1e6, name: 'a', bytes: 'YQ==' }
}
