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
 * A line most of which was shown is no secret, and one of which nothing had been shown when it ended is.
 */
export class EchoQueue {
  #waiting: (TypedCharacter | LineEnd)[] = []
  /** Of the first line that waits. */
  #echoed = 0
  #unanswered = 0

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  push(character: TypedCharacter): void {
    this.#waiting.push(character)
  }

  /** The line was sent; without characters that wait nothing is to be decided. */
  endLine(): void {
    const last = this.#waiting.at(-1)
    if (last === undefined) this.#beginLine()
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
      if (character === '\n') this.#endFirstLine()
      else if (isCharacter(first) && first.text === character) this.#echo(first)
    }
    return this.#echoed >= ECHOES_OF_A_LINE && !this.#hasLineEnd
  }

  /** Whatever waits is shown in some other way. */
  clear(): void {
    for (const one of this.#waiting.splice(0)) if (isCharacter(one)) one.decide('echoed')
    this.#beginLine()
  }

  /** What was typed before has not been shown. */
  expire(beforeUs: number): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (!isCharacter(first)) this.#beginLine()
      else if (first.atUs > beforeUs) return
      else {
        this.#unanswered++
        first.decide('secret')
      }
      this.#waiting.shift()
    }
  }

  #echo(first: TypedCharacter): void {
    first.decide('echoed')
    this.#waiting.shift()
    this.#echoed++
    if (this.#echoed < ECHOES_OF_A_LINE) return
    for (let next = this.#waiting[0]; next !== undefined && isCharacter(next); next = this.#waiting[0]) {
      next.decide('echoed')
      this.#waiting.shift()
    }
  }

  #endFirstLine(): void {
    const end = this.#waiting.findIndex((one) => !isCharacter(one))
    if (end === -1 || (this.#waiting[end] === 'ahead' && this.#echoed === 0)) return
    const rest = this.#waiting.splice(0, end + 1).filter(isCharacter)
    const verdict = this.#echoed > this.#unanswered + rest.length ? 'echoed' : 'secret'
    for (const one of rest) one.decide(verdict)
    this.#beginLine()
  }

  get #hasLineEnd(): boolean {
    return this.#waiting.some((one) => !isCharacter(one))
  }

  #beginLine(): void {
    this.#echoed = 0
    this.#unanswered = 0
  }
}

function isCharacter(one: TypedCharacter | LineEnd): one is TypedCharacter {
  return typeof one !== 'string'
}

/** One can be chance: somebody else's output has most letters. */
const ECHOES_OF_A_LINE = 2
