/**
 * What a follower waits for: that many bytes at once; any byte at all (0), of which it is given none; or bytes that
 * are shown in pieces as they come, and not gathered.
 */
export type Wanted = number | { readonly pass: number; readonly show?: (slice: Buffer) => void }

/** Reads a protocol in the order in which it is spoken: yields what it waits for, and is resumed with it. */
export type Follower<Result = void> = Generator<Wanted, Result, Buffer>

const NOTHING = Buffer.alloc(0)

/** Gives a follower the bytes of one direction, however they are cut. Holds no more than it waits for at once. */
export class ByteFollower {
  readonly #follower: Follower
  #wanted: Wanted | undefined
  #gathered = NOTHING
  /** Of those that are shown, how many have passed. */
  #passed = 0

  constructor(follower: Follower) {
    this.#follower = follower
    this.#resume(NOTHING)
  }

  /** Throws what the follower throws. What comes behind its end is passed over. */
  feed(chunk: Buffer): void {
    for (let rest = chunk; rest.length > 0 && this.#wanted !== undefined;) {
      const wanted = this.#wanted
      if (wanted === 0) this.#resume(NOTHING)
      else if (typeof wanted === 'number') rest = this.#gather(wanted, rest)
      else {
        const slice = rest.subarray(0, wanted.pass - this.#passed)
        wanted.show?.(slice)
        this.#passed += slice.length
        if (this.#passed === wanted.pass) this.#resume(NOTHING)
        rest = rest.subarray(slice.length)
      }
    }
  }

  #gather(wanted: number, rest: Buffer): Buffer {
    const missing = wanted - this.#gathered.length
    const part = rest.subarray(0, missing)
    const all = this.#gathered.length === 0 ? part : Buffer.concat([this.#gathered, part])
    if (part.length === missing) this.#resume(all)
    // A view would hold all of the chunk until the rest comes.
    else this.#gathered = Buffer.from(all)
    return rest.subarray(part.length)
  }

  #resume(bytes: Buffer): void {
    this.#gathered = NOTHING
    this.#passed = 0
    do {
      const { value, done } = this.#follower.next(bytes)
      this.#wanted = done === true ? undefined : value
    } while (isNothing(this.#wanted))
  }
}

/** Content of no bytes, of which there is nothing to wait for. */
function isNothing(wanted: Wanted | undefined): boolean {
  return typeof wanted === 'object' && wanted.pass === 0
}
