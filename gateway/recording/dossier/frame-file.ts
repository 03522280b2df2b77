import type { SaltBlock } from '../seal/channel-chain.ts'
import { Altered } from '../seal/altered.ts'
import type { SealedFrame } from '../seal/sealed-events.ts'

/*
 * Files of frames and of salts, of one channel each (RECORD-FORMAT.md, "A dossier"). Numbers are big-endian:
 *
 *   frame = u64 seq, u64 from µs, u64 to µs, u32 events, u32 raw length, u32 CRC-32 of data, u32 length of data,
 *           a check byte for each event, data
 *   salts = u64 seq, u16 length, bytes
 */
const FRAME_HEAD_BYTES = 40
const SALT_HEAD_BYTES = 10
/** Bytes of a frame before compression: it ends with the event that brings it to 64 KiB, and an event has 1 MiB at most. */
const RAW_MAX = 4 * 1024 * 1024

export function encodeFrame(frame: SealedFrame): Buffer {
  const { seq, fromUs, toUs, events, rawLength, crc32, data, checks } = frame
  const head = Buffer.alloc(FRAME_HEAD_BYTES)
  for (const [index, value] of [seq, fromUs, toUs].entries()) head.writeBigUInt64BE(BigInt(value), index * 8)
  for (const [index, value] of [events, rawLength, crc32, data.length].entries())
    head.writeUInt32BE(value, 24 + index * 4)
  return Buffer.concat([head, checks, data])
}

/** Throws `Altered` for bytes that are no frames of this channel. */
export function* decodeFrames(bytes: Buffer, channel: number): Generator<SealedFrame> {
  for (let at = 0; at < bytes.length;) {
    if (at + FRAME_HEAD_BYTES > bytes.length) throw cut(channel)
    const [seq, fromUs, toUs] = [readU64(bytes, at), readU64(bytes, at + 8), readU64(bytes, at + 16)]
    const [events, rawLength, crc32] = [24, 28, 32].map((place) => bytes.readUInt32BE(at + place)) as [
      number,
      number,
      number,
    ]
    const checksAt = at + FRAME_HEAD_BYTES
    const dataAt = checksAt + events
    const end = dataAt + bytes.readUInt32BE(at + 36)
    if (end > bytes.length || events === 0 || rawLength > RAW_MAX) throw cut(channel)
    const [checks, data] = [bytes.subarray(checksAt, dataAt), bytes.subarray(dataAt, end)]
    yield { channel, seq, fromUs, toUs, events, rawLength, crc32, checks, data }
    at = end
  }
}

export function encodeSalts(blocks: readonly SaltBlock[]): Buffer {
  return Buffer.concat(
    blocks.flatMap(({ seq, salts }) => {
      const head = Buffer.alloc(SALT_HEAD_BYTES)
      head.writeBigUInt64BE(BigInt(seq))
      head.writeUInt16BE(salts.length, 8)
      return [head, salts]
    }),
  )
}

/** Throws `Altered` for bytes that are no salts. */
export function decodeSalts(bytes: Buffer, channel: number): readonly SaltBlock[] {
  const blocks: SaltBlock[] = []
  for (let at = 0; at < bytes.length;) {
    const from = at + SALT_HEAD_BYTES
    const end = from > bytes.length ? Infinity : from + bytes.readUInt16BE(at + 8)
    if (end > bytes.length) throw cut(channel)
    blocks.push({ seq: readU64(bytes, at), salts: bytes.subarray(from, end) })
    at = end
  }
  return blocks
}

function readU64(bytes: Buffer, at: number): number {
  // Beyond 2^53 it is no number that a gateway writes, and rounding keeps it from being taken for one.
  return Number(bytes.readBigUInt64BE(at))
}

function cut(channel: number): Altered {
  return new Altered('what is stored cannot be read', { channel })
}
