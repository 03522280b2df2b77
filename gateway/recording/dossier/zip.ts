/*
 * The ZIP archives we write and read (APPNOTE.TXT of PKWARE, sections 4.3 and 4.5.3): every file stored as it is, one
 * behind the other, with nothing in a header that could be one thing or another. So an archive is the same whenever and
 * wherever it is written, and a reader who knows names, lengths and checksums knows every other byte of it.
 */

/** A file in an archive. */
export interface ZipEntry {
  /** ASCII, at most `NAME_MAX` characters. */
  readonly name: string
  readonly crc32: number
  /** Bytes, below 4 GiB. */
  readonly length: number
}

export const NAME_MAX = 100
/** Bytes of a local header without the name. */
export const LOCAL_HEADER_BYTES = 30
export const LOCAL_SIGNATURE = 0x04034b50

const CENTRAL_SIGNATURE = 0x02014b50
const END_SIGNATURE = 0x06054b50
const END64_SIGNATURE = 0x06064b50
const LOCATOR64_SIGNATURE = 0x07064b50
const VERSION = 20
/** The first that knows ZIP64. */
const VERSION_64 = 45
/** 1 January 1980, the first day there is; the time is 0. */
const DATE = 0x0021
/** On Unix a file that all may read. */
const UNIX = 3 << 8
const ATTRIBUTES = (0o100644 << 16) >>> 0
const U16_MAX = 0xffff
const U32_MAX = 0xffffffff

/** What stands before the bytes of a file. */
export function localHeader(entry: ZipEntry): Buffer {
  const name = Buffer.from(entry.name, 'latin1')
  return Buffer.concat([u32(LOCAL_SIGNATURE), u16(VERSION), facts(entry, name), u16(0), name])
}

/** What stands behind the last file, to the end of the archive. */
export function directory(entries: readonly ZipEntry[]): Buffer {
  let offset = 0
  const headers = entries.map((entry) => {
    const header = centralHeader(entry, offset)
    offset += LOCAL_HEADER_BYTES + entry.name.length + entry.length
    return header
  })
  const central = Buffer.concat(headers)
  const [count, length] = [entries.length, central.length]
  const end = Buffer.concat([
    u32(END_SIGNATURE),
    u16(0, 0),
    u16(Math.min(count, U16_MAX), Math.min(count, U16_MAX)),
    u32(Math.min(length, U32_MAX), Math.min(offset, U32_MAX)),
    u16(0),
  ])
  if (count < U16_MAX && length < U32_MAX && offset < U32_MAX) return Buffer.concat([central, end])
  const end64 = Buffer.concat([
    u32(END64_SIGNATURE),
    u64(44),
    u16(UNIX | VERSION_64, VERSION_64),
    u32(0, 0),
    u64(count, count, length, offset),
    u32(LOCATOR64_SIGNATURE, 0),
    u64(offset + length),
    u32(1),
  ])
  return Buffer.concat([central, end64, end])
}

function centralHeader(entry: ZipEntry, offset: number): Buffer {
  const name = Buffer.from(entry.name, 'latin1')
  const isFar = offset >= U32_MAX
  const extra = isFar ? Buffer.concat([u16(1, 8), u64(offset)]) : Buffer.alloc(0)
  const version = isFar ? VERSION_64 : VERSION
  return Buffer.concat([
    u32(CENTRAL_SIGNATURE),
    u16(UNIX | version, version),
    facts(entry, name),
    u16(extra.length, 0, 0, 0),
    u32(ATTRIBUTES, Math.min(offset, U32_MAX)),
    name,
    extra,
  ])
}

/** What both headers say, from the flags to the length of the name. */
function facts({ crc32, length }: ZipEntry, name: Buffer): Buffer {
  return Buffer.concat([u16(0, 0, 0, DATE), u32(crc32, length, length), u16(name.length)])
}

/** Little-endian, as the next two. */
function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  values.forEach((value, index) => bytes.writeUInt16LE(value, index * 2))
  return bytes
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => bytes.writeUInt32LE(value, index * 4))
  return bytes
}

function u64(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8)
  values.forEach((value, index) => bytes.writeBigUInt64LE(BigInt(value), index * 8))
  return bytes
}
