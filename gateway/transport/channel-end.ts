/**
 * What can be said to one end of a channel (RFC 4254 §5 and §6), and just the same what an end says:
 * two ends talk by calling each other's methods. A bridge stands between two of them.
 */
export interface ChannelTalk {
  data(bytes: Buffer): void
  /** `code` 1 is stderr. */
  extendedData(code: number, bytes: Buffer): void
  /** The speaker takes this many bytes more. */
  adjustWindow(bytes: number): void
  eof(): void
  close(): void
  /** `fields` is everything behind want-reply, untouched. */
  request(type: string, wantReply: boolean, fields: Buffer): void
  /** Answers the oldest request that wanted a reply. */
  reply(success: boolean): void
}

/** One end of an open channel, as its owner sees it. Nothing may be said after `close`. */
export interface ChannelEnd extends ChannelTalk {
  /** Bytes that may be said to it now. */
  readonly outWindow: number
  /** Bytes that it may still say; grows by `adjustWindow`. */
  readonly inWindow: number
  /** Bytes said to it and its neighbours on the connection that TCP has not taken yet. */
  readonly backlog: number
  /** Calls once when a backlog has gone; never when there is none. */
  whenDrained(then: () => void): void
}

/**
 * The most window we believe or give: RFC 4254 windows go to 4 GiB, and a peer that advertises that
 * and stops reading would make us hold it all (research/bench.md §5, trap 2). OpenSSH's own is 2 MiB.
 */
export const WINDOW_MAX = 2 * 1024 * 1024
/** RFC 4253 §6.1: every implementation takes a payload of 32 KiB. */
export const PACKET_MAX = 32 * 1024
