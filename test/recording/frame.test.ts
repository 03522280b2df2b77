import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventKinds, type EventKind, type RecordedEvent } from '#gateway/recording/event.ts'
import { decodeEvents, encodeEvents } from '#gateway/recording/frame.ts'

/** As `channel-archive.ts` makes them. */
function frameOf(events: readonly RecordedEvent[]) {
  const raw = encodeEvents(events)
  const { seq, atUs } = events[0] as RecordedEvent
  return { seq, events: events.length, fromUs: atUs, rawLength: raw.length, data: deflateRawSync(raw) }
}

/** An hour and more of microseconds, and jumps of years. */
const gapUs = fc.oneof(
  fc.constant(0),
  fc.nat(200),
  fc.nat({ max: 2 ** 31 }),
  fc.maxSafeNat().map((n) => n % 2 ** 48),
)

const events = fc
  .tuple(
    fc.nat(2 ** 31),
    fc.array(
      fc.record({
        gapUs,
        kind: fc.constantFrom(...(Object.keys(eventKinds) as EventKind[])),
        data: fc.uint8Array({ maxLength: 300 }),
      }),
      { minLength: 1, maxLength: 40 },
    ),
  )
  .map(([first, list]) => {
    let atUs = 0
    return list.map(({ gapUs: gap, kind, data }, index): RecordedEvent => {
      atUs = Math.min(atUs + gap, Number.MAX_SAFE_INTEGER)
      return { seq: first + index, atUs, kind, data: Buffer.from(data) }
    })
  })

describe('a frame', () => {
  it('gives back the events it was made of', () => {
    fc.assert(
      fc.property(events, (list) => {
        expect(decodeEvents(frameOf(list))).toEqual(list)
      }),
    )
  })

  it('that is cut anywhere is damaged', () => {
    fc.assert(
      fc.property(events, fc.double({ min: 0, max: 0.999, noNaN: true }), (list, part) => {
        const frame = frameOf(list)
        const raw = encodeEvents(list)
        const cut = deflateRawSync(raw.subarray(0, Math.floor(raw.length * part)))
        expect(() => decodeEvents({ ...frame, data: cut })).toThrow(expect.objectContaining({ code: 'record-failed' }))
      }),
    )
  })

  type TestFrame = ReturnType<typeof frameOf>
  const bytes = (...raw: number[]) => ({ rawLength: raw.length, data: deflateRawSync(Buffer.from(raw)) })
  it.each([
    ['holds more bytes than it says', (frame: TestFrame) => ({ ...frame, rawLength: frame.rawLength - 1 })],
    ['holds more events than it says', (frame: TestFrame) => ({ ...frame, events: 1 })],
    ['is no deflate stream', (frame: TestFrame) => ({ ...frame, data: Buffer.alloc(20, 0xff) })],
    ['has an event of an unknown kind', (frame: TestFrame) => ({ ...frame, ...bytes(99, 0, 0) })],
    ['has a number without an end', (frame: TestFrame) => ({ ...frame, ...bytes(1, ...Array<number>(14).fill(0x81)) })],
    ['has data beyond its end', (frame: TestFrame) => ({ ...frame, ...bytes(1, 0, 9, 65) })],
  ])('that %s is damaged', (_, damage) => {
    const open = { seq: 0, atUs: 5, kind: 'open', data: Buffer.alloc(0) } as const
    const whole = frameOf([open, { seq: 1, atUs: 900, kind: 'output', data: Buffer.from('text') }])
    expect(() => decodeEvents(damage(whole))).toThrow(expect.objectContaining({ code: 'record-failed' }))
  })
})
