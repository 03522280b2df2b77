import { Channels, type ChannelOffer, type ChannelWish } from './channels.ts'
import { message } from './message.ts'
import type { Transport } from './transport.ts'
import { boolean, string, wireMessage, WireReader } from './wire.ts'

/** A silent peer is asked this often … */
const KEEPALIVE_MS = 15_000
/** … and given up after so many questions without any answer (OpenSSH's ClientAliveCountMax). */
const KEEPALIVE_MISSES = 3

/** RFC 4254 over an authenticated transport, the same for both roles: channels, global requests, keepalive. */
export class ConnectionLayer {
  readonly #transport: Transport
  readonly #channels: Channels
  readonly #timer: NodeJS.Timeout
  #misses = 0

  constructor(transport: Transport, offered: (offer: ChannelOffer) => void) {
    this.#transport = transport
    this.#channels = new Channels(transport, offered)
    this.#timer = setInterval(() => this.#keepAlive(), KEEPALIVE_MS).unref()
  }

  handle(payload: Buffer): void {
    this.#misses = 0
    if (this.#channels.handle(payload)) return
    if (payload[0] === message.globalRequest) this.#takeGlobalRequest(new WireReader(payload, 1))
  }

  open(type: string, wish: ChannelWish): void {
    this.#channels.open(type, wish)
  }

  /** The transport closed. */
  closed(): void {
    clearInterval(this.#timer)
    this.#channels.closeAll()
  }

  /**
   * Forwardings are refused (RFC 4254 §7.1), and so is everything unknown, keepalive@openssh.com
   * included: an answer is all that its sender wants.
   */
  #takeGlobalRequest(reader: WireReader): void {
    reader.string()
    if (reader.boolean()) this.#transport.send(wireMessage(message.requestFailure))
  }

  #keepAlive(): void {
    if (++this.#misses > KEEPALIVE_MISSES) return this.#transport.fail(new Error('no answer to keepalives'))
    this.#transport.send(wireMessage(message.globalRequest, string('keepalive@openssh.com'), boolean(true)))
  }
}
