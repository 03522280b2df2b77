import type { ChannelOffer, ChannelWish } from './channels.ts'
import type { GlobalAnswer } from './global-requests.ts'

/** A connection to a target, over SSH or to the demo's local shell: opens session channels (RFC 4254 §6) and others. */
export interface SessionLink {
  /** Exactly one of the wish's `opened` and `refused` follows. */
  openSession(wish: ChannelWish): void
  /** The same for a channel of another type, such as `direct-tcpip` (RFC 4254 §7.2). */
  openForward(type: string, wish: ChannelWish): void
  /** Makes a global request (RFC 4254 §4); `answered` hears undefined where it is refused or the connection closed. */
  ask(type: string, fields: Buffer, answered: (answer: GlobalAnswer) => void): void
  /** Channels that the target itself asks for: refused until somebody listens. */
  onOffer(listener: (offer: ChannelOffer) => void): void
  /** Ends every channel. Closing twice does nothing. */
  close(): void
  /** Called once, before the channels hear of it. */
  onClosed(listener: () => void): void
}
