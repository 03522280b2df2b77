import { writeSync } from 'node:fs'
import type { IPty } from '@lydell/node-pty'

/** A program that reads nothing is offered its input again after this time, and after twice as long each time … */
const AGAIN_FIRST_MS = 1
/** … up to this. */
const AGAIN_LAST_MS = 64

/** What node-pty has on Unix beyond what it declares. */
type UnixTerminal = IPty & {
  readonly fd: number
  readonly _socket: { readonly destroyed: boolean }
}

/** What waits for the program. */
interface Unwritten {
  bytes: Buffer
  readonly taken: () => void
}

/**
 * Writes to a program in a terminal as fast as it reads. node-pty's own `write` holds the whole process until the
 * program has read, because libuv takes the master side of a terminal for one that cannot be written piecemeal.
 */
export class TerminalInput {
  readonly #terminal: UnixTerminal
  readonly #waiting: Unwritten[] = []
  #timer: NodeJS.Timeout | undefined
  #againMs = AGAIN_FIRST_MS

  constructor(terminal: IPty) {
    this.#terminal = terminal as UnixTerminal
  }

  /** Whether the terminal is closed; the number of its file may be another file's by now. */
  get isOver(): boolean {
    return this.#terminal._socket.destroyed
  }

  /** `taken` is called when the program's terminal has the bytes, or will never have them. */
  write(bytes: Buffer, taken: () => void): void {
    this.#waiting.push({ bytes, taken })
    if (this.#timer === undefined) this.#writeOn()
  }

  #writeOn(): void {
    this.#timer = undefined
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const written = this.#tryToWrite(next.bytes)
      next.bytes = next.bytes.subarray(written)
      this.#againMs = written > 0 ? AGAIN_FIRST_MS : Math.min(this.#againMs * 2, AGAIN_LAST_MS)
      if (next.bytes.length > 0) {
        this.#timer = setTimeout(() => this.#writeOn(), this.#againMs)
        return
      }
      this.#waiting.shift()
      next.taken()
    }
  }

  /** How much is dealt with: all of it where the program has gone. */
  #tryToWrite(bytes: Buffer): number {
    if (this.isOver) return bytes.length
    try {
      return writeSync(this.#terminal.fd, bytes)
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : bytes.length
    }
  }
}
