import { createHash, type Hash } from 'node:crypto'
import type { Allowance } from './allowance.ts'
import type { HashQueue } from './hash-queue.ts'

/** What a piece that came too early costs beside its bytes. */
const PIECE_COST = 128

/** What the contents of one channel share. */
export interface ContentParts {
  readonly hashing: HashQueue
  /** For pieces that came before those in front of them. */
  readonly early: Allowance
}

/** The content of one file as it passes in pieces: counted, and hashed as far as it comes whole from byte 0 on. */
export class Content {
  readonly #parts: ContentParts
  readonly #early = new Map<number, Buffer>()
  #hash: Hash | undefined
  /** Hashed, or about to be: everything before it has passed. */
  #length = 0
  #first: number | undefined
  #why: string | undefined
  /** Bytes that passed. */
  bytes = 0
  /** Where the furthest piece ended. */
  end = 0

  constructor(parts: ContentParts) {
    this.#parts = parts
  }

  /** The next piece; `slice` is not copied unless it came too early. */
  take(offset: number, slice: Buffer): void {
    if (slice.length === 0) return
    this.bytes += slice.length
    this.end = Math.max(this.end, offset + slice.length)
    this.#first = Math.min(this.#first ?? offset, offset)
    if (this.#why !== undefined) return
    if (offset < this.#length) this.spoil('parts of it passed more than once')
    else if (offset > this.#length) this.#keep(offset, slice)
    else {
      this.#append(slice)
      this.#takeEarly()
    }
  }

  /** So many bytes that passed were not taken by the other side. */
  refused(bytes: number): void {
    this.bytes -= bytes
  }

  /** So many bytes passed and could not be seen: there will be no hash, and this is why. */
  unseen(bytes: number, why: string): void {
    this.bytes += bytes
    this.spoil(why)
  }

  /** From now on there will be no hash, and this is why; the first reason stays. */
  spoil(why: string): void {
    this.#why ??= why
    this.#hash = undefined
    this.#forgetEarly()
  }

  /** The hash of all that passed if it was everything up to `end`, else why there is none. Nothing more is taken. */
  finish(): { readonly sha256: string } | { readonly why: string } {
    const why = this.#why ?? this.#gap()
    if (why !== undefined) {
      this.spoil(why)
      return { why }
    }
    this.#parts.hashing.run()
    const sha256 = (this.#hash ?? createHash('sha256')).digest('hex')
    this.spoil('it is over')
    return { sha256 }
  }

  #gap(): string | undefined {
    if (this.#length === this.end) return undefined
    return this.#length === 0 ? `its first ${this.#first ?? 0} bytes did not pass` : 'parts of it did not pass'
  }

  #append(slice: Buffer): void {
    this.#hash ??= createHash('sha256')
    this.#parts.hashing.add(this.#hash, slice)
    this.#length += slice.length
  }

  #keep(offset: number, slice: Buffer): void {
    if (this.#early.has(offset)) return this.spoil('parts of it passed more than once')
    if (!this.#parts.early.take(slice.length + PIECE_COST)) return this.spoil('its parts passed too far out of order')
    this.#early.set(offset, Buffer.from(slice))
  }

  #takeEarly(): void {
    for (let piece = this.#early.get(this.#length); piece !== undefined; piece = this.#early.get(this.#length)) {
      this.#early.delete(this.#length)
      this.#parts.early.give(piece.length + PIECE_COST)
      this.#append(piece)
    }
  }

  #forgetEarly(): void {
    for (const piece of this.#early.values()) this.#parts.early.give(piece.length + PIECE_COST)
    this.#early.clear()
  }
}
