import { crc32, deflateRawSync } from 'node:zlib'
import type { RecordedEvent } from '#gateway/recording/event.ts'
import { encodeEvents } from '#gateway/recording/frame.ts'
import type { ChannelChange, Frame, RecordBatch, SessionClosing } from '#gateway/recording/record-store.ts'

/** A batch of these parts and nothing else. */
export function batch(more: Partial<RecordBatch>): RecordBatch {
  return { frames: [], salts: [], runs: [], files: [], channels: [], checkpoints: [], closings: [], ...more }
}

/** Channel 0 moves on by one event. */
export function change(sessionId: string, more: Partial<ChannelChange> = {}): ChannelChange {
  const counts = { keystrokes: 0, bytesIn: 0, bytesOut: 0, bytesErr: 0 }
  return { sessionId, channel: 0, archivedSeq: 0, head: Buffer.alloc(32), lastUs: 0, openedUs: 0, ...counts, ...more }
}

export function closing(sessionId: string, more: Partial<SessionClosing> = {}): SessionClosing {
  const ending = { state: 'ended', endedAt: new Date(), lengthUs: 0, reason: 'logout' } as const
  return { sessionId, ...ending, statement: 'not signed', ...more }
}

/** Of channel 0, without what seals it. */
export function frameOf(sessionId: string, events: readonly RecordedEvent[]): Frame {
  const raw = encodeEvents(events)
  const data = deflateRawSync(raw)
  return {
    sessionId,
    channel: 0,
    seq: events[0]?.seq ?? 0,
    events: events.length,
    fromUs: events[0]?.atUs ?? 0,
    toUs: events.at(-1)?.atUs ?? 0,
    rawLength: raw.length,
    data,
    checks: Buffer.alloc(events.length),
    crc32: crc32(data),
  }
}
