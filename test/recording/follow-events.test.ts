import { expect, it } from 'vitest'
import type { RecordedEvent } from '#gateway/recording/event.ts'
import { followEvents } from '#gateway/recording/follow-events.ts'

/** A channel that somebody works on: events stand in frames of three. */
function growing() {
  const stored: RecordedEvent[] = []
  const store = (count: number, kind: RecordedEvent['kind'] = 'output') => {
    for (let n = 0; n < count; n++) {
      const seq = stored.length
      // Several in one microsecond.
      stored.push({ seq, atUs: Math.floor(seq / 5), kind, data: Buffer.from(String(seq)) })
    }
  }
  const records = {
    progress: async () =>
      stored.length === 0 ? undefined : { archivedSeq: stored.length - 1, keystrokes: 0, head: Buffer.alloc(32) },
    async *events(_session: string, _channel: number, fromUs = 0) {
      const last = stored.findLastIndex(({ seq, atUs }) => seq % 3 === 0 && atUs <= fromUs)
      yield* stored.slice(Math.max(last, 0))
    },
  }
  return { store, records }
}

it('gives every event once, in order, however it grows between looks', async () => {
  const { store, records } = growing()
  const steps = [() => store(1), () => {}, () => store(5000), () => store(2), () => store(1, 'close')]
  const sleep = async () => steps.shift()?.()
  const seen: number[] = []
  const sizes: number[] = []
  for await (const { events } of followEvents(records, {
    sessionId: 's',
    channel: 0,
    isOver: async () => false,
    sleep,
  })) {
    seen.push(...events.map(({ seq }) => seq))
    sizes.push(events.length)
  }
  expect(seen).toEqual(Array.from({ length: 5004 }, (_, seq) => seq))
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2000)
})

it('ends with what was stored before the session was over, where its channel was never closed', async () => {
  const { store, records } = growing()
  let over = false
  let looks = 0
  const sleep = async () => {
    if (++looks !== 3) return
    store(2)
    over = true
  }
  let seen = 0
  for await (const { events } of followEvents(records, {
    sessionId: 's',
    channel: 0,
    isOver: async () => over,
    sleep,
  })) {
    seen += events.length
  }
  expect(seen).toBe(2)
})
