import { inflateRawSync } from 'node:zlib'
import { GatewayError } from '../errors.ts'
import { eventKinds, type EventKind, type RecordedEvent } from './event.ts'
import type { Frame } from './record-store.ts'

/*
 * The bytes of a frame, before compression: its events one after another, each
 *
 *   u8      kind          event.ts; with 0x80 where its data was erased
 *   varint  µs            since the event before; the first, since the frame's `fromUs`
 *   varint  length        of data
 *   data                  of an erased event: its commitment of 32 bytes instead
 *
 * varint is unsigned LEB128. The numbers (`seq`) are not stored: the frame names its first.
 */
const ERASED = 0x80
const COMMITMENT_BYTES = 32
/** `*`, which stands for each byte that is erased. */
const STAND_IN = 0x2a
/** The journal takes no longer event; a damaged length must not make us reserve gigabytes. */
const DATA_MAX = 1024 * 1024

const kindNames = new Map<number, EventKind>(
  (Object.keys(eventKinds) as EventKind[]).map((name) => [eventKinds[name], name]),
)

/** A varint of 53 bits takes 8 bytes; kind, time and length together take at most this. */
const EVENT_HEAD_MAX = 1 + 8 + 8

/** The uncompressed bytes of a frame. `events` must be in order, at least one. */
export function encodeEvents(events: readonly RecordedEvent[]): Buffer {
  const bytes = Buffer.allocUnsafe(events.reduce((sum, event) => sum + EVENT_HEAD_MAX + shown(event).length, 0))
  let at = 0
  let before = events[0]?.atUs ?? 0
  for (const event of events) {
    bytes[at++] = kindByte(event)
    at = putVarint(bytes, at, event.atUs - before)
    at = putVarint(bytes, at, event.data.length)
    at += shown(event).copy(bytes, at)
    before = event.atUs
  }
  return bytes.subarray(0, at)
}

/** The events of a frame. Throws `record-failed` when the bytes are not a frame: they were altered or cut. */
export function decodeEvents(frame: Pick<Frame, 'seq' | 'events' | 'fromUs' | 'rawLength' | 'data'>): RecordedEvent[] {
  const bytes = inflate(frame)
  if (bytes.length !== frame.rawLength) throw damaged(frame.seq)
  const events: RecordedEvent[] = []
  let atUs = frame.fromUs
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at] ?? 0
    const isErased = (first & ERASED) !== 0
    const kind = kindNames.get(first & ~ERASED)
    const delta = getVarint(bytes, at + 1)
    const length = getVarint(bytes, delta.next)
    const end = length.next + (isErased ? COMMITMENT_BYTES : length.value)
    if (kind === undefined || end > bytes.length || length.value > DATA_MAX) throw damaged(frame.seq)
    atUs += delta.value
    const stored = bytes.subarray(length.next, end)
    const event = { seq: frame.seq + events.length, atUs, kind }
    if (isErased) events.push({ ...event, data: Buffer.alloc(length.value, STAND_IN), erased: stored })
    else events.push({ ...event, data: stored })
    at = end
  }
  if (events.length !== frame.events) throw damaged(frame.seq)
  return events
}

function kindByte({ kind, erased }: RecordedEvent): number {
  return eventKinds[kind] | (erased === undefined ? 0 : ERASED)
}

/** What is stored of the data. */
function shown({ data, erased }: RecordedEvent): Buffer {
  return erased ?? data
}

function inflate({ seq, rawLength, data }: Pick<Frame, 'seq' | 'rawLength' | 'data'>): Buffer {
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(rawLength, 1) })
  } catch (cause) {
    throw damaged(seq, cause)
  }
}

function damaged(seq: number, cause?: unknown): GatewayError {
  return new GatewayError('record-failed', `the frame that begins with event ${seq} is damaged`, undefined, cause)
}

function putVarint(bytes: Buffer, at: number, value: number): number {
  let rest = value
  while (rest >= 0x80) {
    bytes[at++] = (rest % 0x80) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  bytes[at] = rest
  return at + 1
}

function getVarint(bytes: Buffer, at: number): { value: number; next: number } {
  let value = 0
  for (let scale = 1; scale <= 2 ** 49; scale *= 0x80) {
    const byte = bytes[at++]
    if (byte === undefined) break
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return { value, next: at }
  }
  throw new GatewayError('record-failed', 'a frame of the record is cut short')
}
