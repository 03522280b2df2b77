import type { Hash } from 'node:crypto'

/**
 * Hashing that waits until the bytes are forwarded: it takes longer than all the rest that is done with them.
 * Slices are views; they are held until `run`, which comes in the turn of the event loop that forwards them.
 */
export class HashQueue {
  readonly #hashes: Hash[] = []
  readonly #slices: Buffer[] = []

  add(hash: Hash, slice: Buffer): void {
    this.#hashes.push(hash)
    this.#slices.push(slice)
  }

  run(): void {
    for (const [index, hash] of this.#hashes.entries()) hash.update(this.#slices[index] ?? Buffer.alloc(0))
    this.#hashes.length = 0
    this.#slices.length = 0
  }
}
