/** The bytes of a peer do not follow RFC 4251 §5; the connection ends. */
export class WireError extends Error {
  override readonly name = 'WireError'
}

/** Reads the data types of RFC 4251 §5 from a message; every read past its end throws `WireError`. */
export class WireReader {
  readonly #bytes: Buffer
  #at: number

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes
    this.#at = at
  }

  byte(): number {
    return this.#take(1)[0] ?? 0
  }

  boolean(): boolean {
    return this.byte() !== 0
  }

  uint32(): number {
    return this.#take(4).readUInt32BE(0)
  }

  uint64(): bigint {
    return this.#take(8).readBigUInt64BE(0)
  }

  /** A view, not a copy. */
  string(): Buffer {
    return this.#take(this.uint32())
  }

  /** A string that is text: invalid UTF-8 becomes U+FFFD. */
  text(): string {
    return this.string().toString('utf8')
  }

  /** Everything that is left. */
  rest(): Buffer {
    return this.#take(this.remaining)
  }

  get remaining(): number {
    return this.#bytes.length - this.#at
  }

  #take(length: number): Buffer {
    if (length > this.remaining) throw new WireError('a message is shorter than it says')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
}

/** One field of a message to be written: see `uint32`, `string`, `boolean`; a number alone is a byte. */
export type WireField = Buffer | number

/** The bytes of a message made of these fields. */
export function wireMessage(...fields: readonly WireField[]): Buffer {
  return Buffer.concat(fields.map((field) => (typeof field === 'number' ? Buffer.of(field) : field)))
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export function string(value: Buffer | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([uint32(bytes.length), bytes])
}

export function boolean(value: boolean): Buffer {
  return Buffer.of(value ? 1 : 0)
}

/** A non-negative integer, big-endian, as RFC 4251 §5 `mpint`. */
export function mpint(magnitude: Buffer): Buffer {
  let start = 0
  while (start < magnitude.length && magnitude[start] === 0) start++
  const trimmed = magnitude.subarray(start)
  const negative = ((trimmed[0] ?? 0) & 0x80) !== 0
  return string(negative ? Buffer.concat([Buffer.of(0), trimmed]) : trimmed)
}
