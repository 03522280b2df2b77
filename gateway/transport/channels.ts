import { PACKET_MAX, type ChannelEnd, type ChannelTalk } from './channel-end.ts'
import { message, openFailure } from './message.ts'
import type { Transport } from './transport.ts'
import { WireChannel, type ChannelTerms } from './wire-channel.ts'
import { string, uint32, WireError, wireMessage, WireReader } from './wire.ts'

/** More than any client of ours opens at once; each costs memory. */
const CHANNELS_MAX = 256
/** A smaller packet would make us send a 32 KiB chunk as thousands; 0 would never end (research B3). */
const PEER_PACKET_MIN = 256
const NOTHING = Buffer.alloc(0)

/** Channel numbers are uint32 (RFC 4254 §5.1). */
const NUMBERS = 2 ** 32

/** A channel that the peer asks for; call `accept` or `refuse` once, then or later. */
export interface ChannelOffer {
  readonly type: string
  /** Behind the maximum packet size, by type (RFC 4254 §6.1, §7.2). */
  readonly fields: Buffer
  /** What the peer lets us send. */
  readonly window: number
  accept(listener: ChannelTalk, inWindow: number): ChannelEnd
  refuse(reason: number, text: string): void
}

/** A channel that we ask for. Exactly one of `opened` and `refused` is called, before the next message is read. */
export interface ChannelWish {
  /** Hears what the peer says, from the first message on. */
  readonly listener: ChannelTalk
  /** What we let the peer send. */
  readonly inWindow: number
  /** Behind the maximum packet size, by type; none for a session. */
  readonly fields?: Buffer
  opened(end: ChannelEnd): void
  /** With the peer's words and its reason of RFC 4254 §5.1, or because the connection closed first. */
  refused(text: string, reason: number): void
}

/**
 * The channels of one connection (RFC 4254 §5), the same for both roles: numbers, windows and the
 * order of closing. Breaches of the peer throw `WireError`, which ends the connection.
 */
export class Channels {
  readonly #transport: Transport
  readonly #offered: (offer: ChannelOffer) => void
  readonly #open = new Map<number, WireChannel | ChannelWish | 'offered'>()
  #next = 0

  constructor(transport: Transport, offered: (offer: ChannelOffer) => void) {
    this.#transport = transport
    this.#offered = offered
  }

  /** Takes a message numbered 90 to 100; false for any other. */
  handle(payload: Buffer): boolean {
    const type = payload[0] ?? 0
    if (type < message.channelOpen || type > message.channelFailure) return false
    const reader = new WireReader(payload, 1)
    if (type === message.channelOpen) this.#takeOpen(reader)
    else if (type === message.channelOpenConfirmation) this.#takeConfirmation(reader)
    else if (type === message.channelOpenFailure) this.#takeFailure(reader)
    else this.#channel(reader.uint32()).handle(type, reader)
    return true
  }

  open(type: string, wish: ChannelWish): void {
    const id = this.#nextId()
    this.#open.set(id, wish)
    this.#transport.send(
      wireMessage(
        message.channelOpen,
        string(type),
        uint32(id),
        uint32(wish.inWindow),
        uint32(PACKET_MAX),
        wish.fields ?? NOTHING,
      ),
    )
  }

  /** The connection is gone: every channel hears `close`. */
  closeAll(): void {
    const channels = [...this.#open.values()]
    this.#open.clear()
    for (const channel of channels) {
      if (channel instanceof WireChannel) channel.lost()
      else if (channel !== 'offered') channel.refused('the connection closed', openFailure.connectFailed)
    }
  }

  #nextId(): number {
    while (this.#open.has(this.#next)) this.#next = (this.#next + 1) % NUMBERS
    const id = this.#next
    this.#next = (id + 1) % NUMBERS
    return id
  }

  #takeOpen(reader: WireReader): void {
    const type = reader.text()
    const [remote, window, packet] = [reader.uint32(), reader.uint32(), reader.uint32()]
    const fields = reader.rest()
    const refuse = (reason: number, text: string) =>
      this.#transport.send(
        wireMessage(message.channelOpenFailure, uint32(remote), uint32(reason), string(text), string('')),
      )
    if (packet < PEER_PACKET_MIN) return refuse(openFailure.resourceShortage, 'the maximum packet size is too small')
    if (this.#open.size >= CHANNELS_MAX) return refuse(openFailure.resourceShortage, 'too many channels')
    const id = this.#nextId()
    this.#open.set(id, 'offered')
    const stillOffered = () => this.#open.get(id) === 'offered'
    this.#offered({
      type,
      fields,
      window,
      accept: (listener, inWindow) => {
        const channel = this.#add(id, { remote, window, packet, inWindow, listener })
        // The connection closed meanwhile: its owner hears that when it has the channel in hand.
        if (!stillOffered()) process.nextTick(() => channel.lost())
        else {
          this.#open.set(id, channel)
          this.#transport.send(
            wireMessage(
              message.channelOpenConfirmation,
              uint32(remote),
              uint32(id),
              uint32(inWindow),
              uint32(PACKET_MAX),
            ),
          )
        }
        return channel
      },
      refuse: (reason, text) => {
        if (!stillOffered()) return
        this.#open.delete(id)
        refuse(reason, text)
      },
    })
  }

  #takeConfirmation(reader: WireReader): void {
    const id = reader.uint32()
    const opening = this.#opening(id)
    const [remote, window, packet] = [reader.uint32(), reader.uint32(), reader.uint32()]
    if (packet < PEER_PACKET_MIN) throw new WireError('the maximum packet size of a channel is too small')
    const { listener, inWindow } = opening
    const channel = this.#add(id, { remote, window, packet, inWindow, listener })
    this.#open.set(id, channel)
    opening.opened(channel)
  }

  #takeFailure(reader: WireReader): void {
    const id = reader.uint32()
    const opening = this.#opening(id)
    this.#open.delete(id)
    const reason = reader.uint32()
    opening.refused(reader.text(), reason)
  }

  #opening(id: number): ChannelWish {
    const opening = this.#open.get(id)
    if (opening === undefined || opening === 'offered' || opening instanceof WireChannel) {
      throw new WireError('an answer to a channel that nobody asked for')
    }
    return opening
  }

  #channel(id: number): WireChannel {
    const channel = this.#open.get(id)
    if (channel instanceof WireChannel) return channel
    throw new WireError('a message for a channel that is not open')
  }

  #add(id: number, terms: ChannelTerms): WireChannel {
    return new WireChannel(this.#transport, terms, () => this.#open.delete(id))
  }
}
