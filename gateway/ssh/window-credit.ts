import { WINDOW_MAX, type ChannelEnd } from '../transport/channel-end.ts'

/** Beyond this, bytes wait in our memory because a peer's TCP takes none: no more is let in. */
const BACKLOG_MAX = 1024 * 1024
/** Smaller credits wait, unless they are half of what the window has: a message for each keystroke helps nobody. */
const CREDIT_MIN = 256 * 1024
/** While the record is pressed a channel gets this much at a time: enough for people, little for a flood. */
const PRESSED_WINDOW = 16 * 1024
const PRESSED_WAIT_MS = 250

/**
 * Relays the window of one direction end to end: `from` may send what `to` lets us send, so nothing
 * queues between them, and Ctrl+C on a flood is answered as fast as without a gateway (research/bench.md §3).
 */
export class WindowCredit {
  readonly #from: ChannelEnd
  readonly #to: ChannelEnd
  readonly #record: { readonly pressed: boolean }
  #onTheWay = 0
  #waits = false

  constructor(from: ChannelEnd, to: ChannelEnd, record: { readonly pressed: boolean }) {
    this.#from = from
    this.#to = to
    this.#record = record
  }

  /** `from` said bytes that `to` will hear when they are on record. */
  came(bytes: number): void {
    this.#onTheWay += bytes
  }

  /** They have been said to `to`. */
  went(bytes: number): void {
    this.#onTheWay -= bytes
    this.grant()
  }

  /** Lets `from` send what `to` has room for. Call when the window of `to` has grown. */
  grant(): void {
    if (this.#to.backlog > BACKLOG_MAX) this.#wait((then) => this.#to.whenDrained(then))
    else if (this.#record.pressed) this.#wait((then) => setTimeout(then, PRESSED_WAIT_MS), PRESSED_WINDOW)
    else this.#giveUpTo(WINDOW_MAX)
  }

  #giveUpTo(window: number): void {
    const room = Math.min(window, this.#to.outWindow - this.#onTheWay)
    const credit = room - this.#from.inWindow
    if (credit >= CREDIT_MIN || (credit > 0 && credit * 2 >= room)) this.#from.adjustWindow(credit)
  }

  /** Gives later; whatever `grant` is asked meanwhile waits too. */
  #wait(until: (then: () => void) => void, window = WINDOW_MAX): void {
    if (this.#waits) return
    this.#waits = true
    until(() => {
      this.#waits = false
      this.#giveUpTo(window)
    })
  }
}
