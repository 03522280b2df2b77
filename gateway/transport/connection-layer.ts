import { Channels, type ChannelOffer, type ChannelWish } from './channels.ts'
import { GlobalRequests, type AnswerGlobal, type GlobalAnswer } from './global-requests.ts'
import { message } from './message.ts'
import type { Transport } from './transport.ts'

/** A silent peer is asked this often … */
const KEEPALIVE_MS = 15_000
/** … and given up after so many questions without any answer (OpenSSH's ClientAliveCountMax). */
const KEEPALIVE_MISSES = 3

/** RFC 4254 over an authenticated transport, the same for both roles: channels, global requests, keepalive. */
export class ConnectionLayer {
  readonly #transport: Transport
  readonly #channels: Channels
  readonly #requests: GlobalRequests
  readonly #timer: NodeJS.Timeout
  #misses = 0

  /** Global requests of the peer are refused unless `answer` takes them. */
  constructor(transport: Transport, offered: (offer: ChannelOffer) => void, answer: AnswerGlobal = () => undefined) {
    this.#transport = transport
    this.#channels = new Channels(transport, offered)
    this.#requests = new GlobalRequests(transport, answer)
    this.#timer = setInterval(() => this.#keepAlive(), KEEPALIVE_MS).unref()
  }

  handle(payload: Buffer): void {
    this.#misses = 0
    if (this.#channels.handle(payload) || this.#requests.handle(payload)) return
    // A request to sign in is passed over (RFC 4252 §5.1).
    if ((payload[0] ?? 0) > message.requestFailure) this.#transport.unrecognized()
  }

  open(type: string, wish: ChannelWish): void {
    this.#channels.open(type, wish)
  }

  /** A global request of ours; undefined: refused, or the connection closed. */
  ask(type: string, fields: Buffer, answered: (answer: GlobalAnswer) => void): void {
    this.#requests.ask(type, fields, answered)
  }

  /** The transport closed. */
  closed(): void {
    clearInterval(this.#timer)
    this.#channels.closeAll()
    this.#requests.closed()
  }

  #keepAlive(): void {
    if (++this.#misses > KEEPALIVE_MISSES) return this.#transport.fail(new Error('no answer to keepalives'))
    this.#requests.ask('keepalive@openssh.com', Buffer.alloc(0), () => {})
  }
}
