import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { invoice } from '#gateway/billing/money.ts'

const hourly = (minutes: number, rateMinorPerHour: number) => ({ minutes, rateMinorPerHour })
const amount = fc.integer({ min: 0, max: 1_000_000 })
const lines = fc.array(fc.record({ minutes: amount, rateMinorPerHour: amount }))

describe('an invoice', () => {
  test('takes VAT out of rates that hold it', () => {
    expect(invoice([hourly(47, 200_000)], { percent: 22, included: true })).toEqual({
      lineMinor: [156_667],
      netMinor: 128_416,
      vatMinor: 28_251,
      grossMinor: 156_667,
    })
  })

  test('rounds VAT half up on each line', () => {
    // 10 % of 5 is a half: two lines round twice.
    expect(invoice([hourly(60, 5), hourly(60, 5)], { percent: 10, included: false }).vatMinor).toBe(2)
    expect(invoice([hourly(60, 4), hourly(60, 4)], { percent: 10, included: false }).vatMinor).toBe(0)
  })

  test('is exact where the product passes what a float holds', () => {
    expect(invoice([hourly(99_999_999, 999_999_999)], { percent: 0, included: false }).netMinor).toBe(
      1_666_666_648_333_333,
    )
  })

  test('adds up: gross is net and VAT, and a line is within half a unit of minutes times rate', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 0, max: 100 }), fc.boolean(), (given, percent, included) => {
        const { lineMinor, netMinor, vatMinor, grossMinor } = invoice(given, { percent, included })
        expect(netMinor + vatMinor).toBe(grossMinor)
        expect(lineMinor.reduce((sum, each) => sum + each, 0)).toBe(included ? grossMinor : netMinor)
        for (const [place, { minutes, rateMinorPerHour }] of given.entries()) {
          const sixtieths = lineMinor[place]! * 60 - minutes * rateMinorPerHour
          expect(sixtieths > -30 && sixtieths <= 30).toBe(true)
        }
      }),
    )
  })
})
