import { bracketedPaste } from '../commands/typed-line.ts'
import { keyName } from '../key-name.ts'

const CONTROL = /[\x00-\x1f\x7f]/ // oxlint-disable-line no-control-regex -- what is no character
const LINE_MAX = 1000

/**
 * What was typed, as text to be searched: characters as they are, other keys by name (`‹Tab›`), a line up to each
 * Enter, each with the time of its first key. Every key is there, those that were taken back, too.
 */
export class TypedText {
  readonly #onLine: (atUs: number, text: string) => void
  #text = ''
  #fromUs = 0

  constructor(onLine: (atUs: number, text: string) => void) {
    this.#onLine = onLine
  }

  press(atUs: number, key: Buffer): void {
    const typed = key.toString()
    const pasted = bracketedPaste(typed) ?? (key.length > 1 && !typed.startsWith('\x1b') ? typed : undefined)
    if (pasted !== undefined) this.#paste(atUs, pasted)
    else if (typed === '\r' || typed === '\n') this.finish()
    else this.#add(atUs, CONTROL.test(typed) ? `‹${keyName(key)}›` : typed)
  }

  /** The line ends here. */
  finish(): void {
    if (this.#text !== '') this.#onLine(this.#fromUs, this.#text)
    this.#text = ''
  }

  #paste(atUs: number, text: string): void {
    const lines = text.split(/\r\n?|\n/)
    for (const [index, line] of lines.entries()) {
      this.#add(atUs, line)
      if (index < lines.length - 1) this.finish()
    }
  }

  #add(atUs: number, text: string): void {
    if (this.#text === '') this.#fromUs = atUs
    this.#text += text
    if (this.#text.length >= LINE_MAX) this.finish()
  }
}
