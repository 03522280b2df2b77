import { describe, expect, test } from 'vitest'
import { chargedMinutes, type Rounding, roundedMinutes } from '#gateway/billing/rounding.ts'

const rounding = (mode: Rounding['mode'], stepMinutes: number, minimumMinutes = 0) => ({
  mode,
  stepMinutes,
  minimumMinutes,
})

describe('the time of a line', () => {
  test.each([
    ['up', 1, 1, 1],
    ['up', 1, 60_000, 1],
    ['up', 1, 60_001, 2],
    ['up', 15, 900_000, 15],
    ['up', 15, 900_001, 30],
    ['nearest', 15, 449_999, 0],
    ['nearest', 15, 450_000, 15],
    ['nearest', 15, 1_349_999, 15],
    ['nearest', 15, 1_350_000, 30],
    ['down', 15, 899_999, 0],
    ['down', 15, 900_000, 15],
  ] as const)('rounded %s to %i minutes: %i ms are %i minutes', (mode, step, exactMs, expected) => {
    expect(roundedMinutes(exactMs, rounding(mode, step))).toBe(expected)
  })

  test('has the minimum once there is any, and none where there is nothing', () => {
    expect(roundedMinutes(0, rounding('up', 15, 30))).toBe(0)
    expect(roundedMinutes(1, rounding('up', 15, 30))).toBe(30)
    expect(roundedMinutes(1, rounding('down', 15, 30))).toBe(30)
    expect(roundedMinutes(1_800_001, rounding('up', 15, 30))).toBe(45)
  })
})

test.each([
  [7, 100, 7],
  [7, 150, 11],
  [2, 150, 3],
  [1, 0, 0],
  [100, 101, 101],
  [100, 1, 1],
])('%i minutes at %i %% are charged as %i', (minutes, percent, charged) => {
  expect(chargedMinutes(minutes, percent)).toBe(charged)
})
