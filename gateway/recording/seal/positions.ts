import { digestOf } from './digest.ts'

/** How far a channel is recorded. */
export interface ChannelPosition {
  readonly channel: number
  /** How many: their numbers are 0 to this, without it. */
  readonly events: number
  /** Of the last event, microseconds since the session's start. */
  readonly atUs: number
  readonly head: Buffer
  /** Its last event is `close`. */
  readonly closed: boolean
}

/** What a statement says of a session's channels; as long as channels are open, however many were closed before. */
export interface StatedPositions {
  /** How many the session has, numbered from 0. */
  readonly channels: number
  /** Of each channel that is not closed: number, events, microseconds, head in hexadecimal. */
  readonly open: readonly (readonly [channel: number, events: number, atUs: number, head: string])[]
  /** `closedDigest` of all others, in hexadecimal. */
  readonly closed: string
}

/** What to state of a session whose channels, numbered from 0 without a gap, stand here. */
export function statePositions(positions: Iterable<ChannelPosition>): StatedPositions {
  const all = [...positions].toSorted((one, other) => one.channel - other.channel)
  return {
    channels: all.length,
    open: all
      .filter(({ closed }) => !closed)
      .map(({ channel, events, atUs, head }) => [channel, events, atUs, head.toString('hex')]),
    closed: closedDigest(all.filter(({ closed }) => closed)).toString('hex'),
  }
}

/** SHA-256(04 || u32 channel || u64 events || u64 µs || head, of each channel in the order of their numbers). */
export function closedDigest(positions: readonly ChannelPosition[]): Buffer {
  return digestOf(Buffer.of(4), ...positions.map(positionBytes))
}

function positionBytes({ channel, events, atUs, head }: ChannelPosition): Buffer {
  const numbers = Buffer.alloc(20)
  numbers.writeUInt32BE(channel, 0)
  numbers.writeBigUInt64BE(BigInt(events), 4)
  numbers.writeBigUInt64BE(BigInt(atUs), 12)
  return Buffer.concat([numbers, head])
}
