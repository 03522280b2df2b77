import type { ChannelOffer, ChannelWish } from '../transport/channels.ts'
import { ConnectionLayer } from '../transport/connection-layer.ts'
import type { GlobalAnswer } from '../transport/global-requests.ts'
import { disconnectReason, openFailure } from '../transport/message.ts'
import type { SessionLink } from '../transport/session-link.ts'
import type { Transport } from '../transport/transport.ts'

/** A target on which we are signed in. Give it what the transport hears, and its end. */
export class SshLink implements SessionLink {
  readonly #transport: Transport
  readonly #layer: ConnectionLayer
  readonly #closedListeners: (() => void)[] = []
  #ended = false
  #offered = (offer: ChannelOffer) => offer.refuse(openFailure.prohibited, 'nobody asked for this channel')

  constructor(transport: Transport) {
    this.#transport = transport
    this.#layer = new ConnectionLayer(transport, (offer) => this.#offered(offer))
  }

  handle(payload: Buffer): void {
    this.#layer.handle(payload)
  }

  /** The transport closed. */
  closed(): void {
    this.#ended = true
    for (const listener of this.#closedListeners) listener()
    this.#layer.closed()
  }

  openSession(wish: ChannelWish): void {
    this.openForward('session', wish)
  }

  openForward(type: string, wish: ChannelWish): void {
    if (this.#ended) wish.refused('the connection has closed', openFailure.connectFailed)
    else this.#layer.open(type, wish)
  }

  ask(type: string, fields: Buffer, answered: (answer: GlobalAnswer) => void): void {
    this.#layer.ask(type, fields, answered)
  }

  onOffer(listener: (offer: ChannelOffer) => void): void {
    this.#offered = listener
  }

  close(): void {
    this.#transport.disconnect(disconnectReason.byApplication, 'session ended')
  }

  onClosed(listener: () => void): void {
    if (this.#ended) listener()
    else this.#closedListeners.push(listener)
  }
}
