import type { Follower } from '../byte-follower.ts'

// How rsync 3 writes numbers and texts (protocol 30 and newer): little-endian, short ones in fewer bytes.

export function* byte(): Follower<number> {
  return (yield 1)[0] ?? 0
}

export function* int16(): Follower<number> {
  return (yield 2).readUInt16LE(0)
}

export function* int32(): Follower<number> {
  return (yield 4).readInt32LE(0)
}

/** How many bytes follow the first one of a number: its leading one bits say so. */
function bytesBehind(first: number): number {
  if (first < 0x80) return 0
  if (first < 0xc0) return 1
  if (first < 0xe0) return 2
  if (first < 0xf0) return 3
  if (first < 0xf8) return 4
  return first < 0xfc ? 5 : 6
}

/** A number of at least `least` bytes. Sizes beyond 2^53 are no longer exact. */
export function* varlong(least: number): Follower<number> {
  const head = yield least
  const first = head[0] ?? 0
  const behind = bytesBehind(first)
  const low = [...head.subarray(1), ...(behind === 0 ? [] : yield behind)]
  const top = behind === 0 ? first : first & (2 ** (8 - behind) - 1)
  return [...low, top].reduce((sum, digit, place) => sum + digit * 256 ** place, 0)
}

/** A number of 32 bits. */
export function* varint(): Follower<number> {
  return (yield* varlong(1)) | 0
}

/** A text of at most 32,767 bytes, with its length before it. */
export function* vstring(): Follower<Buffer> {
  const first = yield* byte()
  const length = first < 0x80 ? first : (first - 0x80) * 256 + (yield* byte())
  return length === 0 ? Buffer.alloc(0) : yield length
}

/** What stands in place of the number of a file. */
export const marker = { done: -1, listsEnd: -2, deletions: -3, firstList: -101 } as const

/** Reads numbers of files: each is told by its distance from the one before of its sign. */
export class FileNumbers {
  #before = -1
  #beforeNegative = 1;

  /** Markers are negative. */
  *next(): Follower<number> {
    const first = yield* byte()
    if (first === 0) return marker.done
    if (first !== 0xff) return (this.#before = yield* this.#behind(first, this.#before))
    this.#beforeNegative = yield* this.#behind(yield* byte(), this.#beforeNegative)
    return -this.#beforeNegative
  }

  *#behind(first: number, before: number): Follower<number> {
    if (first !== 0xfe) return before + first
    const head = yield 2
    const [high = 0, low = 0] = head
    if (high < 0x80) return before + high * 256 + low
    const rest = yield 2
    return (high & 0x7f) * 2 ** 24 + low + (rest[0] ?? 0) * 256 + (rest[1] ?? 0) * 65_536
  }
}
