import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WindowCredit } from '#gateway/ssh/window-credit.ts'
import { WINDOW_MAX, type ChannelEnd } from '#gateway/transport/channel-end.ts'

/** One end of a channel with nothing behind it but numbers. */
class CountedEnd implements ChannelEnd {
  outWindow: number
  inWindow: number
  backlog = 0
  #drained: (() => void)[] = []

  constructor(window: number) {
    this.outWindow = window
    this.inWindow = window
  }

  adjustWindow(bytes: number): void {
    this.inWindow += bytes
  }

  whenDrained(then: () => void): void {
    this.#drained.push(then)
  }

  drain(): void {
    this.backlog = 0
    for (const then of this.#drained.splice(0)) then()
  }

  data(): void {}
  extendedData(): void {}
  eof(): void {}
  close(): void {}
  request(): void {}
  reply(): void {}
}

const MIB = 1024 * 1024

function relay(window: number) {
  const [from, to] = [new CountedEnd(window), new CountedEnd(window)]
  const record = { pressed: false }
  const credit = new WindowCredit(from, to, record)
  /** `from` says bytes; they are on record and said to `to` when the result is called. */
  const say = (bytes: number) => {
    from.inWindow -= bytes
    credit.came(bytes)
    return () => {
      to.outWindow -= bytes
      credit.went(bytes)
    }
  }
  const open = (bytes: number) => {
    to.outWindow += bytes
    credit.grant()
  }
  return { from, to, record, say, open }
}

describe('the window of one side', () => {
  it('never lets in more than the other side takes, and never gets stuck', () => {
    const step = fc.record({ say: fc.nat(300_000), open: fc.nat(300_000), at: fc.nat(3) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: WINDOW_MAX }), fc.array(step, { maxLength: 60 }), (window, steps) => {
        const { from, to, say, open } = relay(window)
        const journal: (() => void)[] = []
        let onTheWay = 0
        const write = () => {
          for (const pass of journal.splice(0)) pass()
          onTheWay = 0
        }
        for (const { say: bytes, open: wider, at } of steps) {
          const said = Math.min(bytes, from.inWindow)
          journal.push(say(said))
          onTheWay += said
          if (at === 0) write()
          open(wider)
          expect(from.inWindow + onTheWay).toBeLessThanOrEqual(Math.max(to.outWindow, 0))
          expect(from.inWindow).toBeLessThanOrEqual(WINDOW_MAX)
        }
        write()
        open(WINDOW_MAX)
        expect(from.inWindow).toBeGreaterThanOrEqual(Math.min(WINDOW_MAX, to.outWindow) / 2)
      }),
    )
  })

  it('is never wider than 2 MiB, however wide the other is', () => {
    const { from, open } = relay(1000)
    open(2 ** 32 - 2000)
    expect(from.inWindow).toBe(WINDOW_MAX)
  })

  it('is not opened for each key: a credit below half of the window and below 256 KiB waits', () => {
    const { from, say, open } = relay(MIB)
    say(1)()
    open(1)
    expect(from.inWindow).toBe(MIB - 1)
    say(256 * 1024 - 1)()
    open(256 * 1024 - 1)
    expect(from.inWindow).toBe(MIB)
  })

  it.each([
    ['at 1 MiB of backlog is opened', MIB, 2 * MIB],
    ['beyond 1 MiB of backlog waits until TCP has taken it', MIB + 1, MIB],
  ])('%s', (_, backlog, expected) => {
    const { from, to, open } = relay(MIB)
    to.backlog = backlog
    open(MIB)
    open(MIB)
    expect(from.inWindow).toBe(expected)
    to.drain()
    expect(from.inWindow).toBe(2 * MIB)
  })
})
