import { addressBlock } from './address-block.ts'

/** Connections that have not signed in yet: sshd's MaxStartups, in all and from one address. */
const STRANGERS_MAX = 200
const STRANGERS_PER_ADDRESS_MAX = 30

/** Counts the connections that have not signed in yet; IPv6 by /64. */
export class Strangers {
  readonly #here = new Map<string, number>()
  #all = 0

  /** Whether one more may come in from this address; it counts until `leave`. */
  enter(address: string): boolean {
    const block = addressBlock(address)
    const here = this.#here.get(block) ?? 0
    if (here >= STRANGERS_PER_ADDRESS_MAX || this.#all >= STRANGERS_MAX) return false
    this.#here.set(block, here + 1)
    this.#all += 1
    return true
  }

  /** One of them has signed in, or gone. */
  leave(address: string): void {
    const block = addressBlock(address)
    const here = (this.#here.get(block) ?? 1) - 1
    this.#all -= 1
    if (here === 0) this.#here.delete(block)
    else this.#here.set(block, here)
  }
}
