import { expect, test } from 'vitest'
import { createReplayClock } from '#gateway/recording/replay-clock.ts'

function clockOf(idleUs: number, ...times: readonly number[]) {
  const clock = createReplayClock(idleUs)
  for (const atUs of times) clock.advance(atUs)
  return clock
}

test('begins at the first event and keeps every pause when idle is 0', () => {
  const clock = clockOf(0, 5_000, 6_000, 99_000_000)
  expect([0, 5_000, 6_000, 99_000_000].map((atUs) => clock.toReplayUs(atUs))).toEqual([0, 0, 1_000, 98_995_000])
  expect(clock.lengthUs()).toBe(98_995_000)
})

test('shortens pauses longer than the limit to the limit', () => {
  const clock = clockOf(2_000, 0, 2_000, 4_001, 10_000, 10_500)
  expect([0, 2_000, 4_001, 10_000, 10_500].map((atUs) => clock.toReplayUs(atUs))).toEqual([
    0, 2_000, 4_000, 6_000, 6_500,
  ])
})

test('runs to the limit inside a pause and stands there until it is over', () => {
  const clock = clockOf(2_000, 0, 10_000, 20_000)
  expect([1_000, 2_000, 2_001, 9_999, 10_000, 11_000, 13_000].map((atUs) => clock.toReplayUs(atUs))).toEqual([
    1_000, 2_000, 2_000, 2_000, 2_000, 3_000, 4_000,
  ])
})

test('says where it goes on behind each pause that it cut', () => {
  const clock = clockOf(2_000, 1_000, 3_000, 10_000, 11_000, 20_000)
  expect(clock.resumptions()).toEqual([
    { atUs: 10_000, replayUs: 4_000 },
    { atUs: 20_000, replayUs: 7_000 },
  ])
  expect(clock.resumptions().map(({ atUs }) => clock.toReplayUs(atUs))).toEqual([4_000, 7_000])
  expect(clockOf(0, 0, 99_000_000).resumptions()).toEqual([])
})
