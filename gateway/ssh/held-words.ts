import { WireError } from '../transport/wire.ts'

/** What may wait beside data, which has windows: a command of 200 KB and many window changes are honest. */
const COST_MAX = 1024 * 1024

/** What an administrator says on a channel, in order: at once, or when a question about it is answered. */
export class HeldWords {
  #held: (() => void)[] | undefined
  #cost = 0

  /** From now on everything waits until `release` or `drop`. */
  hold(): void {
    this.#held ??= []
  }

  /** `cost` bounds what is not data, in bytes. Throws `WireError` where too much waits already. */
  say(bytes: Buffer, cost: number, word: (bytes: Buffer) => void): void {
    if (this.#held === undefined) return word(bytes)
    this.#cost += cost
    if (this.#cost > COST_MAX) throw new WireError('too many requests behind one that is not answered yet')
    // The transport reads the next packet into the same memory.
    const own = Buffer.from(bytes)
    this.#held.push(() => word(own))
  }

  /** What waited is said now; one of these words may hold those behind it again. */
  release(): void {
    const words = this.#held ?? []
    this.drop()
    for (const word of words) {
      if (this.#held === undefined) word()
      else this.#held.push(word)
    }
  }

  /** What waits is never said. */
  drop(): void {
    this.#held = undefined
    this.#cost = 0
  }
}
