import type { Policy } from '../access/policy.ts'
import type { Clock } from '../clock.ts'
import { createTimedInput, type TimedInput, type TimedToken } from '../recording/timed-input.ts'

/** What a channel says of somebody being there. */
export interface ChannelPresence {
  /** From now on its keys are what counts. */
  hasTerminal(): void
  input(bytes: Buffer): void
  output(): void
  closed(): void
}

/** What becomes of a session at which nobody is. */
export interface IdleEvents {
  /** Once for each idle time, ahead of the end. */
  warn(text: string): void
  end(reason: string): void
}

type Limits = Pick<Policy, 'idleEndS' | 'idleWarnS' | 'idleCountsOutput'>

const US = 1_000_000

/**
 * Knows how long nobody was there, and warns and ends the session by its policy. At a terminal keys count: not what
 * the terminal says by itself (replies, mouse, focus), not its size, and output only by policy. On a channel without
 * one (scp, Ansible) every byte counts, and so does each channel that opens.
 */
export class IdleWatch {
  readonly #clock: Pick<Clock, 'monotonicUs'>
  readonly #events: IdleEvents
  readonly #keyboards = new Set<TimedInput>()
  #limits: Limits | undefined
  #presentUs = 0
  #warned = false
  #timer: NodeJS.Timeout | undefined

  constructor(clock: Pick<Clock, 'monotonicUs'>, events: IdleEvents) {
    this.#clock = clock
    this.#events = events
  }

  /** From now on these limits hold; idle time is counted from the first ones that have an end. */
  keepTo(limits: Limits): void {
    if (this.#limits === undefined) this.#presentUs = this.#clock.monotonicUs()
    this.#limits = limits.idleEndS === 0 ? undefined : limits
    this.#look()
  }

  /** The presence of one more channel; that somebody opened it counts. */
  channel(): ChannelPresence {
    this.#present(this.#clock.monotonicUs())
    return this.#presence()
  }

  /** Of a forwarded connection: a page that reloads itself behind one shows nobody at the terminal beside it. */
  forward(): ChannelPresence {
    const bytes = this.#presence()
    const passed = () => {
      if (this.#keyboards.size === 0) bytes.output()
    }
    passed()
    return { ...bytes, input: passed, output: passed }
  }

  stop(): void {
    this.#limits = undefined
    clearTimeout(this.#timer)
  }

  #presence(): ChannelPresence {
    let keyboard: TimedInput | undefined
    return {
      hasTerminal: () => {
        if (keyboard === undefined) this.#keyboards.add((keyboard = createTimedInput()))
      },
      input: (bytes) => {
        if (this.#limits === undefined) return
        const nowUs = this.#clock.monotonicUs()
        if (keyboard === undefined) this.#present(nowUs)
        else this.#pressed(keyboard.input(nowUs, bytes))
      },
      output: () => {
        if (this.#limits === undefined) return
        if (keyboard === undefined || this.#limits.idleCountsOutput) this.#present(this.#clock.monotonicUs())
      },
      closed: () => {
        if (keyboard !== undefined) this.#keyboards.delete(keyboard)
      },
    }
  }

  #present(atUs: number): void {
    this.#presentUs = Math.max(this.#presentUs, atUs)
    if (!this.#warned) return
    this.#warned = false
    this.#look()
  }

  #pressed(tokens: readonly TimedToken[]): void {
    const last = tokens.findLast(({ kind }) => kind === 'key' || kind === 'paste')
    if (last !== undefined) this.#present(last.atUs)
  }

  /** Does what the time asks for, and comes back when it may ask for more: keys in between cost no timer. */
  #look(): void {
    clearTimeout(this.#timer)
    if (this.#limits === undefined) return
    const nowUs = this.#clock.monotonicUs()
    // Esc alone is a key only when nothing has followed it.
    for (const keyboard of this.#keyboards) this.#pressed(keyboard.settle(nowUs))
    const { idleEndS, idleWarnS } = this.#limits
    const idleS = (nowUs - this.#presentUs) / US
    if (idleS >= idleEndS) return this.#events.end(`idle: ${this.#nothingFor(idleEndS)}`)
    const warnAtS = warningAt(idleEndS, idleWarnS)
    if (idleS < warnAtS) this.#warned = false
    else if (!this.#warned) {
      this.#warned = true
      const unless = this.#keyboards.size === 0 ? '' : ' unless you press one'
      const left = span(Math.ceil(idleEndS - idleS))
      this.#events.warn(`${this.#nothingFor(Math.floor(idleS))}: this session ends in ${left}${unless}`)
    }
    const untilS = (this.#warned ? idleEndS : warnAtS) - idleS
    // A key found above may have looked already.
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#look(), Math.ceil(untilS * 1000)).unref()
  }

  #nothingFor(seconds: number): string {
    return `${this.#keyboards.size === 0 ? 'nothing passed' : 'no key was pressed'} for ${span(seconds)}`
  }
}

/** Never in the first half: who has just worked need not be warned. */
function warningAt(endS: number, warnS: number): number {
  return Math.max(endS - warnS, endS / 2)
}

function span(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}
