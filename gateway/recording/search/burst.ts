/** Of what comes without a key between, so much is read from its beginning … */
const HEAD_LENGTH = 1024 * 1024
/** … and so much from its end: the screen is what it makes of it. */
const TAIL_LENGTH = 64 * 1024
/** ECMA-48: ends a sequence that was cut. */
const CANCEL = '\x18'

/** Cuts the middle out of floods: nobody read it, and reading it takes the processor from people at work. */
export class Burst {
  #length = 0
  #tail: string[] = []
  #tailLength = 0
  #cut = 0

  /** What of it is to be shown now. */
  pass(text: string): string {
    this.#length += text.length
    if (this.#length <= HEAD_LENGTH) return text
    this.#tail.push(text)
    this.#tailLength += text.length
    while (this.#tailLength - (this.#tail[0]?.length ?? 0) >= TAIL_LENGTH) {
      const dropped = this.#tail.shift()?.length ?? 0
      this.#tailLength -= dropped
      this.#cut += dropped
    }
    return ''
  }

  /** The burst is over: the end of it, and how many characters were left out before. */
  end(): { readonly text: string; readonly cut: number } {
    const cut = this.#cut
    const text = (cut > 0 ? CANCEL : '') + this.#tail.join('')
    this.#length = this.#tailLength = this.#cut = 0
    this.#tail = []
    return { text, cut }
  }
}
