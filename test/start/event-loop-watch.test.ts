import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EventLoopWatch } from '#gateway/start/event-loop-watch.ts'
import { longestHoldS } from '#test/harness/event-loop.ts'
import { testGateway } from '#test/harness/gateway.ts'

let nowMs: number
let logged: string[]
let watch: EventLoopWatch

function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed += 20) {
    nowMs += 20
    vi.advanceTimersByTime(20)
  }
}

/** As when something computes for so long: time goes on, timers do not. */
function stand(ms: number): void {
  nowMs += ms
}

function longest(): number {
  return watch.figures().quantiles.at(-1)?.[1] ?? 0
}

describe('the event loop', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    nowMs = 0
    logged = []
    watch = new EventLoopWatch({ monotonicUs: () => nowMs * 1000 }, (line) => logged.push(line))
  })
  afterEach(() => {
    watch.stop()
    vi.useRealTimers()
  })

  it('that runs freely is held up by nothing', () => {
    pass(1000)
    expect(watch.figures()).toEqual({
      quantiles: [0.5, 0.9, 0.99, 1].map((quantile) => [quantile, 0.000001]),
      heldSeconds: 0,
      looks: 50,
      stalls: 0,
    })
    expect(logged).toEqual([])
  })

  it('that stood for a second is logged and counted, and not for less', () => {
    stand(999)
    pass(20)
    expect(watch.figures().stalls).toBe(0)
    stand(1000)
    pass(20)
    expect(watch.figures().stalls).toBe(1)
    expect(logged).toEqual(['the event loop stood for 1.0 s: every session waited for it'])
  })

  it('shows what held it up most to whoever asks right afterwards, before any timer', () => {
    pass(1000)
    stand(2520)
    const { quantiles, heldSeconds, stalls } = watch.figures()
    expect(longest()).toBeCloseTo(2.5, 1)
    expect(quantiles[0]).toEqual([0.5, 0.000001])
    expect([heldSeconds, stalls]).toEqual([2.5, 1])
    pass(20)
    expect(watch.figures().heldSeconds).toBe(2.5)
  })

  it('has its quantiles of the last one to two minutes, and its sums from the start', () => {
    stand(3000)
    pass(20)
    pass(60_000)
    expect(longest()).toBeCloseTo(3, 1)
    pass(60_100)
    expect(longest()).toBeLessThan(0.001)
    expect(watch.figures()).toMatchObject({ heldSeconds: 3, stalls: 1 })
  })
})

describe('a gateway', () => {
  it('logs that its event loop stood, and shows it at /metrics', async () => {
    await using gateway = await testGateway()
    const until = performance.now() + 1100
    while (performance.now() < until);
    expect(await longestHoldS(gateway)).toBeGreaterThan(1)
    expect(gateway.logged).toContainEqual(expect.stringMatching(/^the event loop stood for \d\.\d s: every session/))
  })
})
