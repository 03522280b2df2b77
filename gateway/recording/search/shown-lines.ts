import type { Terminal } from '@xterm/headless'
import { logicalLine } from '../commands/logical-line.ts'

/** A picture that stood so long was seen. */
const AT_REST_US = 300_000
/** A picture that never rests is looked at so often. */
const LOOK_US = 1_000_000
/** Lines that a picture need not say again. */
const REMEMBERED = 2048
const ALTERNATE_SCREEN_MODES = new Set<unknown>([47, 1047, 1049])

/**
 * The lines that a terminal showed, each with the time at which it was shown: where output goes line by line, each
 * line as it ends; where a program draws, the rows that are new in a picture at rest. The row that the cursor
 * stands in is still being written.
 */
export class ShownLines {
  readonly #terminal: Terminal
  readonly #onLine: (atUs: number, text: string) => void
  readonly #known = new Set<string>()
  #nowUs = 0
  #lookedUs = 0
  #last = ''

  constructor(terminal: Terminal, onLine: (atUs: number, text: string) => void) {
    this.#terminal = terminal
    this.#onLine = onLine
    terminal.onLineFeed(() => this.#endLine())
    terminal.parser.registerCsiHandler({ prefix: '?', final: 'l' }, (modes) => {
      const leaves = modes.some((mode) => ALTERNATE_SCREEN_MODES.has(mode))
      if (leaves && terminal.buffer.active.type === 'alternate') this.#look(true)
      return false
    })
  }

  /** Output of this time is about to be written to the terminal. */
  showing(atUs: number): void {
    if (atUs - this.#nowUs >= AT_REST_US || atUs - this.#lookedUs >= LOOK_US) this.#look(false)
    this.#nowUs = atUs
  }

  /** What stands on the screen is the last. */
  finish(): void {
    this.#look(true)
  }

  #endLine(): void {
    const { active } = this.#terminal.buffer
    if (active.type === 'alternate') return
    const { text } = logicalLine(active, Math.max(active.baseY + active.cursorY - 1, 0))
    // A flood of one line is one line.
    if (text === '' || text === this.#last) return
    this.#last = text
    this.#remember(text)
    this.#onLine(this.#nowUs, text)
  }

  #look(isLast: boolean): void {
    this.#lookedUs = this.#nowUs
    const { active } = this.#terminal.buffer
    const cursor = active.baseY + active.cursorY
    for (let row = active.baseY; row < active.baseY + this.#terminal.rows;) {
      const { first, last, text } = logicalLine(active, row)
      row = last + 1
      const isWritten = !isLast && first <= cursor && cursor <= last
      if (text === '' || isWritten || this.#known.has(text)) continue
      this.#remember(text)
      this.#onLine(this.#nowUs, text)
    }
  }

  #remember(text: string): void {
    this.#known.delete(text)
    this.#known.add(text)
    const [oldest] = this.#known
    if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest)
  }
}
