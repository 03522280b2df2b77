import { ByteFollower, type Follower } from '../byte-follower.ts'

/** The top byte of a head is this and the kind of message (rsync.h, `MPLEX_BASE`). */
const KIND_BASE = 7
const DATA = 0
/** Longer messages are passed over. */
const MESSAGE_BYTES_MAX = 8 * 1024

/** Messages that stand between the data (rsync.h, `enum msgcode`). */
export const message = { deleted: 101, notSent: 102 } as const

/** Takes one direction apart: its data go to a follower of their own, messages are told. Never ends. */
export function* multiplexed(data: Follower, told: (kind: number, text: Buffer) => void): Follower {
  const inner = new ByteFollower(data)
  for (;;) {
    const head = (yield 4).readUInt32LE(0)
    const [kind, length] = [(head >>> 24) - KIND_BASE, head & 0xff_ffff]
    if (kind === DATA) yield { pass: length, show: (slice) => inner.feed(slice) }
    else if (length > 0 && length <= MESSAGE_BYTES_MAX) told(kind, yield length)
    else yield { pass: length }
  }
}

/** Passes everything over. */
export function* nothingFollowed(): Follower {
  yield { pass: Infinity }
}
