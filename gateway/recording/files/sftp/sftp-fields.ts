import { PATH_BYTES_MAX } from '../file-statement.ts'
import { attributeFlag } from './sftp-numbers.ts'

const TWO_TO_32 = 2 ** 32

/** Attributes of SFTP (§5) as far as they are told here. */
export interface SftpAttributes {
  readonly size: number | undefined
  /** `mode 0644, times`. */
  readonly words: string
}

/**
 * Reads the fields of a packet. What is missing at its end is 0 or empty: such a request is refused by the target, and
 * it must not keep the rest of the stream from being read.
 */
export class SftpFields {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Where the next field begins. */
  get at(): number {
    return this.#at
  }

  uint32(): number {
    this.#at += 4
    return this.#at <= this.#bytes.length ? this.#bytes.readUInt32BE(this.#at - 4) : 0
  }

  /** Beyond 2^53 it is no longer exact; no file is so large. */
  uint64(): number {
    return this.uint32() * TWO_TO_32 + this.uint32()
  }

  /** A view. */
  string(): Buffer {
    const from = this.#at + 4
    this.#at = from + this.uint32()
    return this.#bytes.subarray(from, this.#at)
  }

  /** A copy to keep, one byte longer at most than what is shown of it. */
  path(): Buffer {
    return Buffer.from(this.string().subarray(0, PATH_BYTES_MAX + 1))
  }

  /** A name to find something by: each byte a character. */
  key(): string {
    return this.string().toString('latin1')
  }

  attributes(): SftpAttributes {
    const flags = this.uint32()
    const words: string[] = []
    const size = (flags & attributeFlag.size) === 0 ? undefined : this.uint64()
    if (size !== undefined) words.push(`size ${size}`)
    if ((flags & attributeFlag.owner) !== 0) words.push(`owner ${this.uint32()}:${this.uint32()}`)
    if ((flags & attributeFlag.permissions) !== 0) words.push(`mode ${modeText(this.uint32())}`)
    if ((flags & attributeFlag.times) !== 0) words.push('times')
    return { size, words: words.join(', ') }
  }
}

/** Permissions without the type of the file, as chmod takes them. */
function modeText(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0')
}
