import { Duplex } from 'node:stream'
import { WINDOW_MAX, type ChannelEnd, type ChannelTalk } from './channel-end.ts'
import type { ChannelOffer } from './channels.ts'

/** Window is given back in pieces of this size: a message for each small read helps nobody. */
const CREDIT_MIN = WINDOW_MAX / 4
/** Beyond this the carrying connection's TCP takes nothing: no more is said. */
const BACKLOG_MAX = 1024 * 1024

/** A chunk that waits for the peer's window. */
interface Waiting {
  bytes: Buffer
  readonly done: () => void
}

/**
 * A forwarded TCP connection (RFC 4254 §7.2) as a stream of bytes, so that SSH can be spoken inside it,
 * as `ssh -J` and `ssh -W` do. Its window is the stream's back-pressure, in both directions.
 */
export class ChannelStream extends Duplex {
  readonly #end: ChannelEnd
  #waiting: Waiting | undefined
  #unread = 0

  /** Accepts the offered channel. */
  constructor(offer: ChannelOffer) {
    super({ allowHalfOpen: false })
    const listener: ChannelTalk = {
      data: (bytes) => this.#take(bytes),
      extendedData: () => {},
      adjustWindow: () => this.#say(),
      eof: () => this.push(null),
      close: () => this.destroy(),
      request: (_type, wantReply) => {
        if (wantReply) this.#end.reply(false)
      },
      reply: () => {},
    }
    this.#end = offer.accept(listener, WINDOW_MAX)
  }

  #take(bytes: Buffer): void {
    this.#unread += bytes.length
    if (this.push(bytes)) this.#letMoreCome()
  }

  override _read(): void {
    this.#letMoreCome()
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#waiting = { bytes, done }
    this.#say()
  }

  override _final(done: () => void): void {
    this.#end.eof()
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#waiting = undefined
    this.#end.close()
    done(error)
  }

  #letMoreCome(): void {
    if (this.#unread < CREDIT_MIN) return
    const bytes = this.#unread
    this.#unread = 0
    this.#end.adjustWindow(bytes)
  }

  #say(): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    if (this.#end.backlog > BACKLOG_MAX) return this.#end.whenDrained(() => this.#say())
    const part = waiting.bytes.subarray(0, this.#end.outWindow)
    if (part.length > 0) this.#end.data(part)
    waiting.bytes = waiting.bytes.subarray(part.length)
    if (waiting.bytes.length > 0) return
    this.#waiting = undefined
    waiting.done()
  }
}
