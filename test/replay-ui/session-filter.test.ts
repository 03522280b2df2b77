import { describe, expect, it } from 'vitest'
import { hrefOf } from '../../replay-ui/navigation/href.ts'
import { filterOf, queryOf, searchOf } from '../../replay-ui/sessions/session-filter.ts'

const none = filterOf(new URLSearchParams())

describe('the filters of the session list', () => {
  it('come back from the address as they were put there', () => {
    const filter = {
      client: 'acme',
      staff: 'ivan',
      target: 'web1.acme',
      task: 'ACME-17',
      from: '2026-11-01',
      to: '2026-11-23',
      live: true,
    }
    const href = hrefOf('/sessions', queryOf(filter))
    expect(filterOf(new URL(href, 'http://pages').searchParams)).toEqual(filter)
  })

  it('leave no trace in the address while nothing is filtered', () => {
    expect(hrefOf('/sessions', queryOf(none))).toBe('/sessions')
  })

  it.each(['2026-13-01', 'yesterday', '2026-1-1', ''])('pass over a day that is none: %o', (from) => {
    expect(filterOf(new URLSearchParams({ from })).from).toBe('')
  })

  it('ask for the whole of the first and of the last day, in the zone of the browser', () => {
    const search = searchOf({ ...none, from: '2026-11-23', to: '2026-11-30' })
    expect(search.from).toBe(new Date(2026, 10, 23).toISOString())
    expect(search.to).toBe(new Date(2026, 11, 1).toISOString())
  })
})
