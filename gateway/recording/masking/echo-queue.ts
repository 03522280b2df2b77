/** A character that was typed, and who wants to know whether it was shown. */
export interface TypedCharacter {
  readonly text: string
  /** Microseconds since the session's start. */
  readonly atUs: number
  decide(verdict: 'echoed' | 'secret'): void
}

/**
 * Enter. After the line `next` to be answered, a new line on the screen says that it was taken; one typed `ahead`
 * waits behind another, and lines may be what that one printed.
 */
type LineEnd = 'next' | 'ahead'

/** Escape sequences, whole or cut at the end: CSI, OSC and the like, two-character ones (ECMA-48 §5). */
// oxlint-disable-next-line no-control-regex -- they are what it is about
const SEQUENCES = /\x1b(?:\[[0-?]*[ -/]*(?:[@-~]|$)|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)|[ -/]*(?:[0-~]|$))/g

/**
 * Typed characters that wait to be shown, line by line. A terminal shows a character where it was typed, so what
 * comes is compared with the first that waits; programs that repaint the line show others between, which is nothing.
 * A line most of which was shown is no secret. Any other is, all of it: somebody else's output has most letters.
 */
export class EchoQueue {
  #waiting: (TypedCharacter | LineEnd)[] = []
  /** Of the first line that waits: shown, by echo or by chance. */
  #shown: TypedCharacter[] = []
  /** Of the first line that waits. */
  #unanswered = 0

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#shown.length === 0
  }

  push(character: TypedCharacter): void {
    this.#waiting.push(character)
  }

  /** The line was sent; without characters that wait nothing is to be decided. */
  endLine(): void {
    if (this.#waiting.length === 0) this.#endFirstLine()
    else this.#waiting.push(this.#hasLineEnd ? 'ahead' : 'next')
  }

  /** What the terminal was sent. True: the line that is being typed is no secret. */
  show(text: string): boolean {
    if (this.#waiting.length === 0) return false
    const visible = text.replaceAll(SEQUENCES, '')
    // While nobody has pressed Enter, a whole line is somebody else's.
    const lines = this.#hasLineEnd ? visible : visible.slice(visible.lastIndexOf('\n') + 1)
    for (const character of lines) {
      const first = this.#waiting[0]
      if (first === undefined) break
      if (character === '\n') this.#takeNewLine()
      else if (isCharacter(first) && first.text === character) this.#shown.push(this.#waiting.shift() as TypedCharacter)
    }
    if (this.#hasLineEnd || this.#shown.length < ECHOES_OF_A_LINE || !this.#isMostlyShown) return false
    this.#endFirstLine()
    return true
  }

  /** Whatever waits is shown in some other way. */
  clear(): void {
    for (const one of [...this.#shown, ...this.#waiting.splice(0)]) if (isCharacter(one)) one.decide('echoed')
    this.#beginLine()
  }

  /** What was typed before has not been shown. */
  expire(beforeUs: number): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (!isCharacter(first)) this.#endFirstLine()
      else if (first.atUs > beforeUs) return
      else {
        this.#unanswered++
        first.decide('secret')
      }
      this.#waiting.shift()
    }
    const newest = this.#shown.at(-1)
    if (newest !== undefined && newest.atUs <= beforeUs) this.#endFirstLine()
  }

  #takeNewLine(): void {
    const end = this.#waiting.findIndex((one) => !isCharacter(one))
    if (end === -1) return
    if (this.#waiting[end] === 'ahead' && !this.#isMostlyShown) {
      this.#waiting.unshift(...this.#shown.splice(0))
      return
    }
    this.#endFirstLine()
    this.#waiting.shift()
  }

  /** Decides what is left of the line, up to its end if it has one. */
  #endFirstLine(): void {
    const verdict = this.#isMostlyShown ? 'echoed' : 'secret'
    for (const one of [...this.#shown, ...this.#waiting.splice(0, this.#firstLineWaiting)]) {
      if (isCharacter(one)) one.decide(verdict)
    }
    this.#beginLine()
  }

  get #isMostlyShown(): boolean {
    return this.#shown.length > this.#unanswered + this.#firstLineWaiting
  }

  get #firstLineWaiting(): number {
    const end = this.#waiting.findIndex((one) => !isCharacter(one))
    return end === -1 ? this.#waiting.length : end
  }

  get #hasLineEnd(): boolean {
    return this.#waiting.some((one) => !isCharacter(one))
  }

  #beginLine(): void {
    this.#shown = []
    this.#unanswered = 0
  }
}

function isCharacter(one: TypedCharacter | LineEnd): one is TypedCharacter {
  return typeof one !== 'string'
}

/** One can be chance: somebody else's output has most letters. */
const ECHOES_OF_A_LINE = 2
