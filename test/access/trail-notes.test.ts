import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuditedChange } from '#gateway/access/audit-trail.ts'
import { TrailNotes } from '#gateway/access/trail-notes.ts'

const signIn = (number: number) => ({ actor: 'staff:ivan', action: 'sign-in', subject: `staff:${number}` })

describe('notes for the audit trail', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function notes() {
    const written: (readonly AuditedChange[])[] = []
    const state = { isAway: false, log: [] as string[] }
    const trail = {
      async add(...changes: readonly AuditedChange[]) {
        if (state.isAway) throw new Error('database away')
        written.push(changes)
      },
    }
    const clock = { now: () => new Date('2026-11-23T12:00:00Z') }
    return { state, written, notes: new TrailNotes({ trail, clock, log: (line) => state.log.push(line) }) }
  }

  it('are written together a second later, with the time of what they tell', async () => {
    const { notes: told, written } = notes()
    told.note(signIn(1))
    told.note(signIn(2))
    expect(written).toEqual([])
    await vi.advanceTimersByTimeAsync(1000)
    const detail = { at: '2026-11-23T12:00:00.000Z' }
    expect(written).toEqual([
      [
        { ...signIn(1), detail },
        { ...signIn(2), detail },
      ],
    ])
  })

  it('wait while the database is away, in order, and the log hears of it once', async () => {
    const { notes: told, written, state } = notes()
    state.isAway = true
    told.note(signIn(1))
    await vi.advanceTimersByTimeAsync(3000)
    told.note(signIn(2))
    await vi.advanceTimersByTimeAsync(3000)
    expect(state.log).toHaveLength(1)
    state.isAway = false
    await vi.advanceTimersByTimeAsync(1000)
    expect(written.map((changes) => changes.map(({ subject }) => subject))).toEqual([['staff:1', 'staff:2']])
  })

  it('are at most a thousand, and the trail says how many are lost', async () => {
    const { notes: told, written, state } = notes()
    state.isAway = true
    for (let number = 0; number < 1005; number++) told.note(signIn(number))
    await vi.advanceTimersByTimeAsync(5000)
    told.note(signIn(1005))
    state.isAway = false
    await vi.advanceTimersByTimeAsync(1000)
    expect(written[0]).toHaveLength(1001)
    expect(written[0]?.[0]).toMatchObject({ action: 'trail.lost', detail: { entries: 6 } })
    expect(written[0]?.[1]?.subject).toBe('staff:6')
  })

  it('are written when the gateway closes', async () => {
    const { notes: told, written } = notes()
    told.note(signIn(1))
    await told.close()
    expect(written).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(5000)
    expect(written).toHaveLength(1)
  })
})
