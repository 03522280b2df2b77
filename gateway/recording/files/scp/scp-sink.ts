import { FATAL, Line, OK, WARNING } from './scp-line.ts'

/** Cuts what the receiving side of scp says: one answer, undefined for yes, at a time. */
export class ScpSink {
  readonly #answer: (failure: string | undefined) => void
  readonly #line = new Line()

  constructor(answer: (failure: string | undefined) => void) {
    this.#answer = answer
  }

  feed(chunk: Buffer): void {
    for (let rest = chunk; rest.length > 0;) {
      if (this.#line.isEmpty && rest[0] === OK) {
        this.#answer(undefined)
        rest = rest.subarray(1)
        continue
      }
      const end = this.#line.take(rest)
      if (end === undefined) return
      const line = this.#line.next()
      // scp takes whatever is no status for the beginning of a message.
      this.#answer(line.subarray(line[0] === WARNING || line[0] === FATAL ? 1 : 0).toString())
      rest = rest.subarray(end)
    }
  }
}
