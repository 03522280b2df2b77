import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { IdleWatch } from '#gateway/session/idle-watch.ts'

const limits = { idleEndS: 600, idleWarnS: 60, idleCountsOutput: false }

let nowMs: number
let said: string[]
let watch: IdleWatch

beforeEach(() => {
  vi.useFakeTimers()
  nowMs = 0
  said = []
  const clock = { monotonicUs: () => nowMs * 1000 }
  watch = new IdleWatch(clock, { warn: (text) => said.push(text), end: (reason) => said.push(reason) })
})
afterEach(() => {
  watch.stop()
  vi.useRealTimers()
})

/** Both the clock and the timers go on, second by second. */
function pass(seconds: number): void {
  for (let passed = 0; passed < seconds; passed++) {
    nowMs += 1000
    vi.advanceTimersByTime(1000)
  }
}

function terminal() {
  const presence = watch.channel()
  presence.hasTerminal()
  return presence
}

const warning = 'no key was pressed for 9 min: this session ends in 1 min unless you press one'
const end = 'idle: no key was pressed for 10 min'

describe('a terminal at which nobody is', () => {
  beforeEach(() => watch.keepTo(limits))

  it('is warned once, and ends at the limit', () => {
    terminal()
    pass(539)
    expect(said).toEqual([])
    pass(1)
    expect(said).toEqual([warning])
    pass(59)
    expect(said).toEqual([warning])
    pass(1)
    expect(said).toEqual([warning, end])
  })

  it.each([
    ['a letter', 'a'],
    ['an arrow', '\x1b[A'],
    ['F10', '\x1b[21~'],
    ['Ctrl+C', '\x03'],
    ['a paste', '\x1b[200~ls\x1b[201~'],
    ['a reply of the terminal and a key behind it', '\x1b[?62;c\r'],
    ['Esc alone', '\x1b'],
  ])('is there again with %s', (_, keys) => {
    const person = terminal()
    pass(500)
    person.input(Buffer.from(keys))
    pass(539)
    expect(said).toEqual([])
    pass(1)
    expect(said).toEqual([warning])
    person.input(Buffer.from(keys))
    pass(539)
    expect(said).toEqual([warning])
    pass(1)
    expect(said).toEqual([warning, warning])
    pass(60)
    expect(said).toEqual([warning, warning, end])
  })

  it.each([
    ['device attributes', '\x1b[?62;1c'],
    ['a cursor report', '\x1b[24;80R'],
    ['a colour', '\x1b]11;rgb:0000/0000/0000\x07'],
    ['a DCS reply', '\x1bP1+r544e=787465726d\x1b\\'],
    ['the mouse', '\x1b[<35;10;10M'],
    ['focus', '\x1b[I'],
    ['the release of a key', '\x1b[97;1:3u'],
  ])('is not there for what its terminal says by itself: %s', (_, reply) => {
    const person = terminal()
    for (let minute = 0; minute < 10; minute++) {
      for (const byte of Buffer.from(reply)) person.input(Buffer.of(byte))
      pass(60)
    }
    expect(said).toEqual([warning, end])
  })

  it('is not there for its output', () => {
    const person = terminal()
    for (let second = 0; second < 600; second++) {
      person.output()
      pass(1)
    }
    expect(said).toEqual([warning, end])
  })

  it('is there for output where the policy says so', () => {
    watch.keepTo({ ...limits, idleCountsOutput: true })
    const person = terminal()
    for (let minute = 0; minute < 20; minute++) {
      person.output()
      pass(60)
    }
    expect(said).toEqual([])
  })

  it('counts the keys of another terminal of the session, and a channel that opens', () => {
    terminal()
    const other = terminal()
    pass(500)
    other.input(Buffer.from('a'))
    pass(500)
    watch.channel()
    pass(539)
    expect(said).toEqual([])
  })
})

describe('a session without a terminal', () => {
  beforeEach(() => watch.keepTo(limits))

  it.each(['input', 'output'] as const)('is there as long as bytes pass: %s', (stream) => {
    const channel = watch.channel()
    for (let minute = 0; minute < 20; minute++) {
      channel[stream](Buffer.from([0]))
      pass(60)
    }
    expect(said).toEqual([])
    pass(540)
    expect(said).toEqual(['nothing passed for 9 min: this session ends in 1 min', 'idle: nothing passed for 10 min'])
  })

  it('is what remains when the terminal is closed', () => {
    terminal().closed()
    pass(600)
    expect(said.at(-1)).toBe('idle: nothing passed for 10 min')
  })

  it('goes on beside a terminal at which nobody is, as long as bytes pass', () => {
    terminal()
    const copy = watch.channel()
    for (let minute = 0; minute < 20; minute++) {
      copy.input(Buffer.from([0]))
      pass(60)
    }
    expect(said).toEqual([])
  })
})

describe('a forwarded connection', () => {
  beforeEach(() => watch.keepTo(limits))

  it.each(['input', 'output'] as const)('shows somebody where there is no terminal: %s', (stream) => {
    const forward = watch.forward()
    for (let minute = 0; minute < 20; minute++) {
      forward[stream](Buffer.from([0]))
      pass(60)
    }
    expect(said).toEqual([])
  })

  it('shows nobody beside a terminal', () => {
    terminal()
    for (let minute = 0; minute < 10; minute++) {
      const forward = watch.forward()
      forward.input(Buffer.from([0]))
      forward.output()
      pass(60)
    }
    expect(said).toEqual([warning, end])
  })
})

describe('the limits', () => {
  it('of 0 are none', () => {
    watch.keepTo({ ...limits, idleEndS: 0 })
    terminal()
    pass(10_000)
    expect(said).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('that come later count from then on', () => {
    terminal()
    pass(10_000)
    watch.keepTo(limits)
    pass(599)
    expect(said).toEqual([warning])
    pass(1)
    expect(said).toEqual([warning, end])
  })

  it('that are lowered below the time that passed end at once', () => {
    watch.keepTo({ ...limits, idleEndS: 3600 })
    terminal()
    pass(600)
    expect(said).toEqual([])
    watch.keepTo(limits)
    expect(said).toEqual([end])
  })

  it('that are raised take the end away', () => {
    watch.keepTo(limits)
    terminal()
    pass(599)
    watch.keepTo({ ...limits, idleEndS: 3600 })
    pass(2940)
    expect(said).toEqual([warning])
    pass(1)
    expect(said).toEqual([warning, 'no key was pressed for 59 min: this session ends in 1 min unless you press one'])
  })

  it('without a warning only end', () => {
    watch.keepTo({ ...limits, idleWarnS: 0 })
    terminal()
    pass(600)
    expect(said).toEqual([end])
  })

  it('shorter than their warning warn half-way', () => {
    watch.keepTo({ ...limits, idleEndS: 30 })
    terminal()
    pass(14)
    expect(said).toEqual([])
    pass(1)
    expect(said).toEqual(['no key was pressed for 15 s: this session ends in 15 s unless you press one'])
  })

  it('hold no longer when the session is over', () => {
    watch.keepTo(limits)
    watch.stop()
    pass(600)
    expect(said).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })
})
