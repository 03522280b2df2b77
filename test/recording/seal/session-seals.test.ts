import { describe, expect, it } from 'vitest'
import type { ChannelChange } from '#gateway/recording/record-store.ts'
import type { ChannelPosition } from '#gateway/recording/seal/positions.ts'
import { SessionSeals } from '#gateway/recording/seal/session-seals.ts'
import { isCheckpoint, isClosing } from '#gateway/recording/seal/session-statements.ts'
import { readStatement } from '#gateway/recording/seal/statement.ts'
import { someSigningKey } from '#test/harness/signing.ts'
import { change } from '#test/storage/sample-batch.ts'

const ID = '0190aaaa-0000-7000-8000-000000000000'
const head = Buffer.alloc(32, 7)

async function begun(positions: readonly ChannelPosition[] = []) {
  let nowUs = 1_000_000
  const clock = { monotonicUs: () => nowUs, now: () => new Date('2026-11-23T12:00:00Z') }
  const log = { opening: async () => 'opening', positions: async () => positions }
  const seals = new SessionSeals(someSigningKey(), log, clock)
  await seals.begin(ID, positions.length > 0)
  return { seals, pass: (seconds: number) => (nowUs += seconds * 1_000_000) }
}

const moved = (channel: number, archivedSeq: number, more: Partial<ChannelChange> = {}) =>
  change(ID, { channel, archivedSeq, lastUs: archivedSeq * 10, head, ...more })

function payloadOf(statement: string | undefined): Record<string, unknown> {
  return readStatement(statement ?? '')?.payload ?? {}
}

describe('a session that goes on', () => {
  it('is signed each 5 seconds in which something was stored, also when nothing follows', async () => {
    const { seals, pass } = await begun()
    expect(seals.dueInMs).toBeUndefined()
    expect(seals.seal([moved(0, 4)], []).checkpoints).toEqual([])
    pass(4)
    expect(seals.dueInMs).toBe(1000)
    expect(seals.seal([moved(0, 5)], []).checkpoints).toEqual([])
    pass(1)
    expect(seals.dueInMs).toBe(0)
    const due = seals.seal([], [])
    const [checkpoint] = due.checkpoints
    const payload = payloadOf(checkpoint?.statement)
    expect(isCheckpoint(payload)).toBe(true)
    expect(payload).toMatchObject({ session: ID, channels: 1, open: [[0, 6, 50, head.toString('hex')]] })
    expect(seals.seal([], []).checkpoints).toHaveLength(1)
    seals.stored(due)
    pass(60)
    expect(seals.dueInMs).toBeUndefined()
    expect(seals.seal([], []).checkpoints).toEqual([])
    expect(seals.seal([moved(0, 6)], []).checkpoints).toHaveLength(1)
  })

  it('is signed in as many bytes however many channels it has had', async () => {
    const { seals, pass } = await begun()
    const closed = Array.from({ length: 1000 }, (_, channel) => moved(channel, 3, { closedUs: 30 }))
    seals.seal(closed, [])
    pass(5)
    const [checkpoint] = seals.seal([moved(1000, 2)], []).checkpoints
    expect(payloadOf(checkpoint?.statement)).toMatchObject({
      channels: 1001,
      open: [[1000, 3, 20, expect.any(String)]],
    })
    expect(checkpoint?.statement.length).toBeLessThan(1000)
  })
})

describe('a session that ends', () => {
  it('is signed with all of its channels, and needs no checkpoint', async () => {
    const { seals, pass } = await begun([{ channel: 0, events: 9, atUs: 90, head, closed: true }])
    pass(5)
    const ending = { sessionId: ID, state: 'ended', endedAt: new Date(0), lengthUs: 200, reason: 'logout' } as const
    const sealed = seals.seal([moved(1, 3)], [ending])
    expect(sealed.checkpoints).toEqual([])
    const payload = payloadOf(sealed.closings[0]?.statement)
    expect(isClosing(payload)).toBe(true)
    expect(payload).toMatchObject({ channels: 2, open: [[1, 4, 30, head.toString('hex')]], lengthUs: 200 })
    // The batch may fail: then it is asked for again.
    expect(seals.seal([moved(1, 3)], [ending]).closings).toHaveLength(1)
    seals.stored(sealed)
    expect(seals.dueInMs).toBeUndefined()
  })
})
