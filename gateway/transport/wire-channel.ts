import { PACKET_MAX, type ChannelEnd, type ChannelTalk } from './channel-end.ts'
import { message } from './message.ts'
import type { Transport } from './transport.ts'
import { boolean, string, uint32, WireError, wireMessage, type WireReader } from './wire.ts'

/** RFC 4254 §5.2: a window never exceeds this. */
const WINDOW_LIMIT = 2 ** 32 - 1

/** What both sides agreed when the channel opened. */
export interface ChannelTerms {
  readonly remote: number
  readonly window: number
  readonly packet: number
  readonly inWindow: number
  readonly listener: ChannelTalk
}

/** One open channel: what we say goes out as messages, what comes in goes to the listener. */
export class WireChannel implements ChannelEnd {
  readonly #transport: Transport
  readonly #remote: number
  readonly #packet: number
  readonly #listener: ChannelTalk
  readonly #gone: () => void
  /** Said beyond the window: only what the gateway itself says can come here, so it stays small. */
  readonly #waiting: (() => boolean)[] = []
  #closing = false
  #sentClose = false
  #gotEof = false
  #gotClose = false
  outWindow: number
  inWindow: number

  constructor(transport: Transport, terms: ChannelTerms, gone: () => void) {
    this.#transport = transport
    this.#remote = terms.remote
    this.#packet = Math.min(terms.packet, PACKET_MAX)
    this.#listener = terms.listener
    this.#gone = gone
    this.outWindow = terms.window
    this.inWindow = terms.inWindow
  }

  get backlog(): number {
    return this.#transport.backlog
  }

  whenDrained(then: () => void): void {
    this.#transport.whenDrained(then)
  }

  data(bytes: Buffer): void {
    this.#say(bytes, (part) => this.#transport.sendData(this.#remote, part))
  }

  extendedData(code: number, bytes: Buffer): void {
    this.#say(bytes, (part) => this.#transport.sendExtendedData(this.#remote, code, part))
  }

  adjustWindow(bytes: number): void {
    if (this.#sentClose) return
    this.inWindow += bytes
    this.#transport.send(wireMessage(message.channelWindowAdjust, uint32(this.#remote), uint32(bytes)))
  }

  eof(): void {
    this.#inOrder(wireMessage(message.channelEof, uint32(this.#remote)))
  }

  request(type: string, wantReply: boolean, fields: Buffer): void {
    this.#inOrder(wireMessage(message.channelRequest, uint32(this.#remote), string(type), boolean(wantReply), fields))
  }

  /** Answers wait for no window: who asks and asks, and gives none, must not pile them up here. */
  reply(success: boolean): void {
    if (this.#sentClose || this.#gotClose) return
    this.#transport.send(wireMessage(success ? message.channelSuccess : message.channelFailure, uint32(this.#remote)))
  }

  close(): void {
    if (this.#closing) return
    this.#closing = true
    if (this.#gotClose) return this.#sendClose()
    this.#whenSaid(() => {
      this.#sendClose()
      return true
    })
  }

  /** The connection closed under it. */
  lost(): void {
    this.#sentClose = true
    if (!this.#gotClose) {
      this.#gotClose = true
      this.#listener.close()
    }
  }

  handle(type: number, reader: WireReader): void {
    if (this.#gotClose) throw new WireError('a message after the close of its channel')
    switch (type) {
      case message.channelData:
        return this.#listener.data(this.#taken(reader.string()))
      case message.channelExtendedData:
        return this.#listener.extendedData(reader.uint32(), this.#taken(reader.string()))
      case message.channelWindowAdjust:
        return this.#takeAdjust(reader.uint32())
      case message.channelEof:
        return this.#takeEof()
      case message.channelRequest:
        return this.#listener.request(reader.text(), reader.boolean(), reader.rest())
      case message.channelSuccess:
        return this.#listener.reply(true)
      case message.channelFailure:
        return this.#listener.reply(false)
      case message.channelClose:
        this.#gotClose = true
        // Nobody will make room any more for what waits.
        if (this.#closing) this.#sendClose()
        this.#listener.close()
        if (this.#sentClose) this.#gone()
        return
      default:
        throw new WireError(`message ${type} is not of a channel`)
    }
  }

  /** RFC 4254 §5.2: a peer that sends beyond its window is cut off (research B4). */
  #taken(bytes: Buffer): Buffer {
    if (this.#gotEof) throw new WireError('data behind the end of data')
    if (bytes.length > this.inWindow) throw new WireError('more data than the window allows')
    this.inWindow -= bytes.length
    return bytes
  }

  #takeEof(): void {
    if (this.#gotEof) throw new WireError('a second end of data')
    this.#gotEof = true
    this.#listener.eof()
  }

  #takeAdjust(bytes: number): void {
    this.outWindow += bytes
    if (this.outWindow > WINDOW_LIMIT) throw new WireError('a window grew beyond 4 GiB')
    while (this.#waiting.length > 0 && this.#waiting[0]?.() === true) this.#waiting.shift()
    this.#listener.adjustWindow(bytes)
  }

  #say(bytes: Buffer, send: (part: Buffer) => void): void {
    let from = 0
    this.#whenSaid(() => {
      while (from < bytes.length && this.outWindow > 0) {
        const part = bytes.subarray(from, from + Math.min(this.#packet, this.outWindow))
        this.outWindow -= part.length
        from += part.length
        send(part)
      }
      return from === bytes.length
    })
  }

  #inOrder(payload: Buffer): void {
    this.#whenSaid(() => {
      this.#transport.send(payload)
      return true
    })
  }

  #sendClose(): void {
    if (this.#sentClose) return
    this.#sentClose = true
    this.#transport.send(wireMessage(message.channelClose, uint32(this.#remote)))
    if (this.#gotClose) this.#gone()
  }

  /**
   * Runs `step` when all that was said before is out, again and again until it is done. A peer that has closed
   * makes no room any more, but still hears what needs none: OpenSSH waits for the exit status then.
   */
  #whenSaid(step: () => boolean): void {
    if (this.#sentClose) return
    if (this.#gotClose) step()
    else if (this.#waiting.length > 0 || !step()) this.#waiting.push(step)
  }
}
