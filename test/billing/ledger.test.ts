import { describe, expect, test } from 'vitest'
import { type Books, keepLedger } from '#gateway/billing/ledger.ts'

const dispute = { month: '2026-11', minutes: -10, reason: 'dispute #12', author: 'lead' }

function ledger(changes: Partial<Books>) {
  const { totals, ...rest } = keepLedger({
    computed: new Map([['2026-11', 10]]),
    closed: new Map(),
    openMonth: '2026-11',
    adjustments: [],
    ...changes,
  })
  return { totals: Object.fromEntries(totals), ...rest }
}

describe('the ledger', () => {
  test('posts the late time of each closed month to the open one, oldest first', () => {
    const computed = new Map([
      ['2026-10', 5],
      ['2026-09', 7],
      ['2026-11', 1],
    ])
    const closed = new Map([
      ['2026-10', 4],
      ['2026-09', 5],
    ])
    expect(ledger({ computed, closed })).toEqual({
      totals: { '2026-09': 5, '2026-10': 4, '2026-11': 4 },
      corrections: [
        { month: '2026-11', ref: '2026-09', minutes: 2, kind: 'late' },
        { month: '2026-11', ref: '2026-10', minutes: 1, kind: 'late' },
      ],
      rejected: [],
    })
  })

  test('posts nothing for a closed month that is as it was, or is not computed again', () => {
    const closed = new Map([['2026-10', 4]])
    expect(ledger({ closed })).toMatchObject({ totals: { '2026-10': 4, '2026-11': 10 }, corrections: [] })
    const computed = new Map([['2026-10', 4]])
    expect(ledger({ closed, computed })).toMatchObject({ totals: { '2026-10': 4 }, corrections: [] })
  })

  test('adjusts an open month in place, down to 0 and never below', () => {
    expect(ledger({ adjustments: [dispute] })).toEqual({
      totals: { '2026-11': 0 },
      corrections: [{ month: '2026-11', ref: '2026-11', minutes: -10, kind: 'adjustment' }],
      rejected: [],
    })
    expect(ledger({ adjustments: [{ ...dispute, minutes: -11 }] })).toEqual({
      totals: { '2026-11': 10 },
      corrections: [],
      rejected: ['below zero'],
    })
  })

  test('refuses an adjustment without a reason or an author', () => {
    const adjustments = [
      { ...dispute, reason: ' ' },
      { ...dispute, author: '' },
    ]
    expect(ledger({ adjustments })).toMatchObject({
      totals: { '2026-11': 10 },
      rejected: ['reason required', 'author required'],
    })
  })
})
