import { crc32 } from 'node:zlib'
import { eventKinds, type EventKind } from './event.ts'

/*
 * One entry of the journal, numbers big-endian:
 *
 *   u32     length        of everything behind the checksum
 *   u32     crc32         of everything behind it
 *   u8      kind          event.ts, or one of those below
 *   u8[16]  session       UUID
 *   u32     channel
 *   u32     seq           of the event inside its channel
 *   u48     µs            since the session's start, monotonic
 *   u8[]    data
 */
const PREFIX = 8
const HEAD = 1 + 16 + 4 + 4 + 6
/** Events carry one SSH packet at most (256 KiB); a longer length is a torn or damaged record. */
const LENGTH_MAX = 512 * 1024
/** Kinds that the journal alone has. */
const journalKinds = {
  /** Closes a session; its data is JSON. */
  sessionClosed: 255,
  /** Input at a terminal, of which nobody knows yet what is secret; its data is encrypted in the file. */
  typed: 254,
  /** The key to what is typed behind it in the same segment, sealed; of no session. */
  key: 253,
} as const

/** What stands in the journal. */
export interface JournalRecord {
  readonly sessionId: string
  readonly channel: number
  readonly seq: number
  readonly atUs: number
  readonly kind: EventKind | keyof typeof journalKinds
  readonly data: Buffer
}

const kindNumbers = { ...eventKinds, ...journalKinds }
const kindOf = new Map(
  (Object.keys(kindNumbers) as JournalRecord['kind'][]).map((name) => [kindNumbers[name] as number, name]),
)

/** The head of the record; the journal writes `record.data` behind it, uncopied. */
export function encodeRecordHead(record: JournalRecord, sessionBytes: Buffer): Buffer {
  const head = Buffer.allocUnsafe(PREFIX + HEAD)
  head.writeUInt32BE(HEAD + record.data.length, 0)
  head[8] = kindNumbers[record.kind]
  sessionBytes.copy(head, 9)
  head.writeUInt32BE(record.channel, 25)
  head.writeUInt32BE(record.seq, 29)
  head.writeUIntBE(record.atUs, 33, 6)
  head.writeUInt32BE(crc32(record.data, crc32(head.subarray(PREFIX))), 4)
  return head
}

/** A record read back, with the bytes it takes in the file. */
export interface DecodedRecord {
  readonly record: JournalRecord
  readonly size: number
}

/**
 * The record that begins at `at`: `incomplete` where `bytes` end before it does, `damaged` where the
 * checksum or the length is wrong, which at the end of a file is what a crash leaves.
 */
export function decodeRecord(bytes: Buffer, at: number): DecodedRecord | 'incomplete' | 'damaged' {
  if (at + PREFIX > bytes.length) return 'incomplete'
  const length = bytes.readUInt32BE(at)
  if (length < HEAD || length > LENGTH_MAX) return 'damaged'
  const from = at + PREFIX
  const end = from + length
  if (end > bytes.length) return 'incomplete'
  if (crc32(bytes.subarray(from, end)) !== bytes.readUInt32BE(at + 4)) return 'damaged'
  const kind = kindOf.get(bytes[from] ?? -1)
  if (kind === undefined) return 'damaged'
  const record = {
    kind,
    sessionId: uuidText(bytes.subarray(from + 1, from + 17)),
    channel: bytes.readUInt32BE(from + 17),
    seq: bytes.readUInt32BE(from + 21),
    atUs: bytes.readUIntBE(from + 25, 6),
    data: bytes.subarray(from + HEAD, end),
  }
  return { record, size: end - at }
}

/** RFC 9562 §4: the 16 bytes of a UUID written as text. */
export function uuidBytes(text: string): Buffer {
  if (text !== lastUuid.text) lastUuid = { text, bytes: Buffer.from(text.replaceAll('-', ''), 'hex') }
  return lastUuid.bytes
}

function uuidText(bytes: Buffer): string {
  if (!lastUuid.bytes.equals(bytes)) {
    const text = bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    lastUuid = { text, bytes: Buffer.from(bytes) }
  }
  return lastUuid.text
}

/** Records of one session come in rows: it is translated once. */
let lastUuid = { text: '', bytes: Buffer.alloc(0) }
