import { crc32 } from 'node:zlib'
import { GatewayError } from '../../errors.ts'
import type { RecordedEvent } from '../event.ts'
import { decodeEvents } from '../frame.ts'
import type { Frame } from '../record-store.ts'
import { Altered } from './altered.ts'
import { BLOCK_EVENTS_MAX, commitment, eventSalt, SALT_BYTES } from './chain.ts'
import type { SaltBlock } from './channel-chain.ts'

/** An event with what its place in the chain is computed from. */
export interface SealedEvent {
  readonly event: RecordedEvent
  readonly committed: Buffer
  /** The byte that was stored with it. */
  readonly check: number
}

export type SealedFrame = Omit<Frame, 'sessionId'>

/**
 * The events of one channel, numbered from 0 without a gap, from its frames and its salts, both in order. Throws
 * `Altered` where what the frames and salts say of themselves does not hold.
 */
export async function* readSealedEvents(
  frames: AsyncIterable<SealedFrame>,
  salts: readonly SaltBlock[],
): AsyncGenerator<SealedEvent> {
  const saltOf = saltReader(salts)
  let next = 0
  for await (const frame of frames) {
    const where = { channel: frame.channel, seq: next }
    if (frame.seq > next) throw new Altered('events are missing', where)
    if (frame.seq < next) throw new Altered('events stand here that belong elsewhere', where)
    const events = eventsOf(frame)
    for (const [index, event] of events.entries()) {
      const committed = event.erased ?? commitment(saltOf(frame.channel, event), event.data)
      yield { event, committed, check: frame.checks[index] ?? -1 }
    }
    next += events.length
  }
  for (const [index, { seq, salts: own }] of salts.entries()) {
    const end = Math.min(salts[index + 1]?.seq ?? next, next)
    const isUnused = seq < 0 || seq >= end || (own.length !== SALT_BYTES && own.length !== (end - seq) * SALT_BYTES)
    if (isUnused) throw new Altered('there are salts of events that are not there', { seq })
  }
}

function eventsOf(frame: SealedFrame): readonly RecordedEvent[] {
  const { channel, seq, data, checks, fromUs, toUs } = frame
  const where = { channel, seq, atUs: fromUs }
  let events: readonly RecordedEvent[]
  try {
    events = decodeEvents(frame)
  } catch (error) {
    if (error instanceof GatewayError) throw new Altered('what is stored cannot be read', where)
    throw error
  }
  if (crc32(data) !== frame.crc32) throw new Altered('bytes of what is stored were changed', where)
  if (checks.length !== events.length || events[0]?.atUs !== fromUs || events.at(-1)?.atUs !== toUs) {
    throw new Altered('what the frame says of its events does not hold', where)
  }
  return events
}

/** For events in order: each is in the last block that begins at or before it. */
function saltReader(blocks: readonly SaltBlock[]): (channel: number, event: RecordedEvent) => Buffer {
  let at = 0
  return (channel, { seq, atUs }) => {
    while (blocks[at + 1] !== undefined && (blocks[at + 1]?.seq ?? 0) <= seq) at++
    const block = blocks[at]
    const place = seq - (block?.seq ?? 0)
    if (block === undefined || place < 0 || place >= BLOCK_EVENTS_MAX) throw missing(channel, seq, atUs)
    if (block.salts.length === SALT_BYTES) return eventSalt(block.salts, seq)
    const own = block.salts.subarray(place * SALT_BYTES, (place + 1) * SALT_BYTES)
    if (own.length !== SALT_BYTES) throw missing(channel, seq, atUs)
    return own
  }
}

function missing(channel: number, seq: number, atUs: number): Altered {
  return new Altered('the salt is missing', { channel, seq, atUs })
}
