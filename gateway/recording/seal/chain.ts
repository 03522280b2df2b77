import { eventKinds, type RecordedEvent } from '../event.ts'
import { digest, digestOf, DIGEST_BYTES } from './digest.ts'

/*
 * How the events of a channel hang together (RECORD-FORMAT.md, "Chain"). Numbers are big-endian, a || b is a followed
 * by b:
 *
 *   head(-1)  = SHA-256(02 || u32 channel || the opening statement of the session, in ASCII)
 *   head(n)   = SHA-256(01 || head(n-1) || u64 n || u64 µs || u8 kind || u32 length || commitment)
 *   commitment = SHA-256(00 || salt || data)
 *   salt      = the first 16 bytes of SHA-256(03 || block salt || u64 n)
 *
 * The salt lets an event be erased without breaking the chain and without leaving a hash by which a short password
 * could be guessed. A block salt of 16 random bytes serves up to 256 events, so that it costs nothing.
 */
const COMMITMENT = 0
const LINK = 1
const GENESIS = 2
const SALT = 3

/** Bytes; nobody guesses 128 bits. */
export const SALT_BYTES = 16
/** A block salt serves so many events: if one of them is erased, each of the others keeps a salt of its own. */
export const BLOCK_EVENTS_MAX = 256

const LINK_BYTES = 1 + DIGEST_BYTES + 8 + 8 + 1 + 4 + DIGEST_BYTES
const link = Buffer.alloc(LINK_BYTES, LINK)
const salted = Buffer.alloc(64 * 1024, COMMITMENT)
const saltSource = Buffer.alloc(1 + SALT_BYTES + 8, SALT)

/** What the chain of a channel begins with. */
export function genesis(opening: string, channel: number): Buffer {
  const head = Buffer.alloc(5, GENESIS)
  head.writeUInt32BE(channel, 1)
  return digestOf(head, Buffer.from(opening, 'latin1'))
}

/** The salt of the event of this number under a block salt. */
export function eventSalt(blockSalt: Buffer, seq: number): Buffer {
  blockSalt.copy(saltSource, 1)
  writeU64(saltSource, seq, 1 + SALT_BYTES)
  return digest(saltSource).subarray(0, SALT_BYTES)
}

/** What stands for the data in the chain. */
export function commitment(salt: Buffer, data: Buffer): Buffer {
  const length = 1 + SALT_BYTES + data.length
  if (length > salted.length) return digestOf(Buffer.of(COMMITMENT), salt, data)
  salt.copy(salted, 1)
  data.copy(salted, 1 + SALT_BYTES)
  return digest(salted.subarray(0, length))
}

/** The head behind this event. */
export function nextHead(head: Buffer, event: RecordedEvent, committed: Buffer): Buffer {
  const { seq, atUs, kind, data } = event
  head.copy(link, 1)
  writeU64(link, seq, 33)
  writeU64(link, atUs, 41)
  link[49] = eventKinds[kind]
  link.writeUInt32BE(data.length, 50)
  committed.copy(link, 54)
  return digest(link)
}

/** The byte stored with each event: it proves nothing, but says at which event a chain begins to differ. */
export function checkByte(head: Buffer): number {
  return head[0] ?? 0
}

/** `value` is an integer below 2^53. */
function writeU64(bytes: Buffer, value: number, at: number): void {
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), at)
  bytes.writeUInt32BE(value >>> 0, at + 4)
}
