import { NotFollowed } from '../not-followed.ts'
import { FATAL, Line, OK, WARNING } from './scp-line.ts'

/** Who hears the side that sends files (scp.c, `source`): lines, and the content that some of them announce. */
export interface ScpSourceListener {
  /** `C0644 5 name`: a file. Its content follows, unless the other side refuses it. */
  file(name: Buffer, size: number): void
  content(slice: Buffer): void
  /** The content is over; `failure` is what the source says went wrong with it. */
  contentEnd(failure: string | undefined): void
  /** `D0755 0 name`: into a directory, and `E`: out of it. */
  enter(name: Buffer): void
  leave(): void
  /** `T…`: the times of what comes next. */
  times(): void
  /** Something could not be sent at all. */
  failure(text: string): void
}

/** Cuts what the sending side of scp says into lines and contents. Throws `NotFollowed`. */
export class ScpSource {
  readonly #listener: ScpSourceListener
  readonly #line = new Line()
  /** Bytes of content still to come; undefined between files. */
  #content: number | undefined
  /** Whether anything came behind the line that announced the content. */
  #contentBegan = false

  constructor(listener: ScpSourceListener) {
    this.#listener = listener
  }

  feed(chunk: Buffer): void {
    for (let rest = chunk; rest.length > 0;) {
      if (this.#content === undefined || this.#content === 0) rest = this.#takeLine(rest)
      else {
        const slice = rest.subarray(0, this.#content)
        this.#contentBegan = true
        this.#content -= slice.length
        this.#listener.content(slice)
        rest = rest.subarray(slice.length)
      }
    }
  }

  /** The other side refuses the file that was announced. False: some of it has come already. */
  skip(): boolean {
    if (this.#content === undefined || this.#contentBegan) return false
    this.#content = undefined
    return true
  }

  #takeLine(rest: Buffer): Buffer {
    if (this.#content === 0 && this.#line.isEmpty && rest[0] === OK) {
      this.#endContent(undefined)
      return rest.subarray(1)
    }
    this.#contentBegan = true
    const end = this.#line.take(rest)
    if (end === undefined) return rest.subarray(rest.length)
    this.#obey(this.#line.next())
    return rest.subarray(end)
  }

  #endContent(failure: string | undefined): void {
    this.#content = undefined
    this.#listener.contentEnd(failure)
  }

  #obey(line: Buffer): void {
    const kind = line[0]
    if (kind === WARNING || kind === FATAL) {
      const text = line.subarray(1).toString()
      if (this.#content === 0) this.#endContent(text)
      else this.#listener.failure(text)
      return
    }
    // Names are bytes: latin1 keeps each of them.
    const text = line.toString('latin1')
    const announced = /^([CD])[0-7]+ (\d{1,15}) (.+)$/s.exec(text)
    if (this.#content !== undefined) throw new NotFollowed('a file of scp does not end where it said')
    if (announced !== null) {
      const name = Buffer.from(announced[3] ?? '', 'latin1')
      if (announced[1] === 'D') this.#listener.enter(name)
      else this.#announce(name, Number(announced[2]))
    } else if (text === 'E') this.#listener.leave()
    else if (/^T\d+ \d+ \d+ \d+$/.test(text)) this.#listener.times()
    else throw new NotFollowed('what is sent is not the protocol of scp')
  }

  #announce(name: Buffer, size: number): void {
    this.#content = size
    this.#contentBegan = false
    this.#listener.file(name, size)
  }
}
