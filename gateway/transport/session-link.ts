import type { ChannelWish } from './channels.ts'

/** Something that opens session channels (RFC 4254 §6): a target over SSH, or the demo's local shell. */
export interface SessionLink {
  /** Exactly one of the wish's `opened` and `refused` follows. */
  openSession(wish: ChannelWish): void
  /** Ends every channel. Closing twice does nothing. */
  close(): void
  /** Called once, before the channels hear of it. */
  onClosed(listener: () => void): void
}
