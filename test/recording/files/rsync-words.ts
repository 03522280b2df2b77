/** As rsync of protocol 30 writes them: numbers below 128 are a byte, sizes three and more, little-endian. */
export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

/** A size below 2^23. */
function size(value: number): Buffer {
  return Buffer.of(value >> 16, value & 0xff, (value >> 8) & 0xff)
}

/** Data on the multiplexed stream, or a message of another kind. */
export function multiplexed(bytes: Buffer, kind = 0): Buffer {
  return Buffer.concat([int32(((7 + kind) << 24) | bytes.length), bytes])
}

/** Both sides agree on protocol 30 without any of its extensions; `flags` are the target's. */
export const hello = {
  client: int32(30),
  target: (flags = 0) => Buffer.concat([int32(30), Buffer.of(flags), int32(0x5eed)]),
}

const FILE = 0o100_644
export const DIRECTORY = 0o040_755
const LINK = 0o120_777

/** An entry of a list that says everything, for `rsync -rl` without times and owners. */
export function entry(name: string, mode = FILE, length = 0, leadsTo = ''): Buffer {
  const head = Buffer.concat([Buffer.of(0x01, name.length), Buffer.from(name, 'latin1'), size(length)])
  const link = mode === LINK ? Buffer.concat([Buffer.of(leadsTo.length), Buffer.from(leadsTo)]) : Buffer.alloc(0)
  // The time of the last change: four bytes at least.
  return Buffer.concat([head, Buffer.alloc(4), int32(mode), link])
}

export const symbolicLink = (name: string, leadsTo: string) => entry(name, LINK, leadsTo.length, leadsTo)

/** The end of a list. */
export const listEnd = Buffer.of(0)
/** In place of the number of a file: this part is done. */
export const done = Buffer.of(0)

const TRANSFER = 1 << 15
const NEW = 1 << 13

/** A file that is sent whole; `step` is how far its number is from the one before. */
export function sentFile(step: number, ...pieces: readonly (string | Buffer)[]): Buffer {
  const content = pieces.map((piece) => Buffer.concat([int32(piece.length), Buffer.from(piece)]))
  const head = Buffer.concat([Buffer.of(step), int16(TRANSFER), Buffer.alloc(16)])
  return Buffer.concat([head, ...content, int32(0), Buffer.alloc(16, 0xcc)])
}

/** Something without content that is new on the target. */
export function made(step: number): Buffer {
  return Buffer.concat([Buffer.of(step), int16(NEW)])
}

function int16(value: number): Buffer {
  return Buffer.of(value & 0xff, value >> 8)
}
