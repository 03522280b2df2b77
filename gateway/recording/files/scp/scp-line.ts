import { NotFollowed } from '../not-followed.ts'

/** The first byte of what one side of scp answers, or of a complaint in place of a line (scp.c, `response`). */
export const OK = 0
export const WARNING = 1
export const FATAL = 2

/** Longer lines are cut by OpenSSH, which takes their rest for the next line (scp.c, `sink`). Without the newline. */
const LINE_BYTES_MAX = 2046
const NEWLINE = 0x0a

/** Gathers a line until its newline. */
export class Line {
  #parts: Buffer[] = []
  #bytes = 0

  get isEmpty(): boolean {
    return this.#bytes === 0
  }

  /** Where the line ends in `bytes`, behind its newline; undefined when it goes on. */
  take(bytes: Buffer): number | undefined {
    const newline = bytes.indexOf(NEWLINE)
    const part = newline === -1 ? bytes : bytes.subarray(0, newline)
    this.#bytes += part.length
    if (this.#bytes > LINE_BYTES_MAX) throw new NotFollowed('a line is too long for the protocol of scp')
    this.#parts.push(Buffer.from(part))
    return newline === -1 ? undefined : newline + 1
  }

  /** The line without its newline; the next one begins. */
  next(): Buffer {
    const line = Buffer.concat(this.#parts)
    this.#parts = []
    this.#bytes = 0
    return line
  }
}
