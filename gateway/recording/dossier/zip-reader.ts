import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { GatewayError } from '../../errors.ts'
import { Altered } from '../seal/altered.ts'
import { directory, LOCAL_HEADER_BYTES, LOCAL_SIGNATURE, localHeader, NAME_MAX, type ZipEntry } from './zip.ts'

/** The bytes of an archive, wherever they are. */
export interface ZipSource {
  readonly length: number
  /** These bytes, or fewer where it ends before. */
  read(at: number, length: number): Promise<Buffer>
}

/** Opens a file as a source, which whoever opened it closes. Throws `bad-input` where it cannot be opened or read. */
export async function openZipFile(path: string): Promise<ZipSource & AsyncDisposable> {
  const file = await open(path, 'r').catch((cause: unknown) => unreadable(path, cause))
  const status = await file.stat()
  if (!status.isFile()) {
    await file.close()
    return unreadable(path, new Error('it is no file'))
  }
  return {
    length: status.size,
    read: (at, length) => readAt(file, at, length).catch((cause: unknown) => unreadable(path, cause)),
    [Symbol.asyncDispose]: () => file.close(),
  }
}

function unreadable(path: string, cause: unknown): never {
  throw new GatewayError('bad-input', `cannot read ${path}: ${(cause as Error).message}`, undefined, cause)
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}

interface PlacedEntry extends ZipEntry {
  readonly at: number
}

/** Reads archives of ours, and nothing else: each byte is as `ZipWriter` would write it, or the archive was altered. */
export class ZipReader {
  readonly #source: ZipSource
  readonly #entries: ReadonlyMap<string, PlacedEntry>

  private constructor(source: ZipSource, entries: ReadonlyMap<string, PlacedEntry>) {
    this.#source = source
    this.#entries = entries
  }

  /** Reads everything but the bytes of the files. Throws `Altered`. */
  static async open(source: ZipSource): Promise<ZipReader> {
    const entries = new Map<string, PlacedEntry>()
    let at = 0
    for (let entry = await entryAt(source, at); entry !== undefined; entry = await entryAt(source, at)) {
      if (entries.has(entry.name)) throw new Altered(`${entry.name} is twice in the archive`)
      entries.set(entry.name, entry)
      at = entry.at + entry.length
    }
    const end = directory([...entries.values()])
    const found = source.length - at === end.length ? await source.read(at, end.length) : Buffer.alloc(0)
    if (entries.size === 0 || !found.equals(end)) throw damaged(at)
    return new ZipReader(source, entries)
  }

  /** In the order in which they stand there. */
  get names(): readonly string[] {
    return [...this.#entries.keys()]
  }

  /** Throws `Altered`, also for a file of more than `lengthMax` bytes. */
  async read(name: string, lengthMax: number): Promise<Buffer> {
    const entry = this.#entries.get(name)
    if (entry === undefined) throw new Altered(`${name} is missing in the archive`)
    if (entry.length > lengthMax) throw new Altered(`${name} is longer than such a file is`)
    const bytes = await this.#source.read(entry.at, entry.length)
    if (bytes.length !== entry.length || crc32(bytes) !== entry.crc32) {
      throw new Altered(`bytes of ${name} in the archive were changed`)
    }
    return bytes
  }
}

/** Undefined where no file begins. */
async function entryAt(source: ZipSource, at: number): Promise<PlacedEntry | undefined> {
  const bytes = await source.read(at, LOCAL_HEADER_BYTES + NAME_MAX)
  if (bytes.length < LOCAL_HEADER_BYTES || bytes.readUInt32LE(0) !== LOCAL_SIGNATURE) return undefined
  const [sum, length, nameLength] = [bytes.readUInt32LE(14), bytes.readUInt32LE(18), bytes.readUInt16LE(26)]
  const end = LOCAL_HEADER_BYTES + nameLength
  const entry = { name: bytes.toString('latin1', LOCAL_HEADER_BYTES, end), crc32: sum, length, at: at + end }
  if (nameLength > NAME_MAX || !localHeader(entry).equals(bytes.subarray(0, end))) throw damaged(at)
  if (entry.at + length > source.length) throw damaged(at)
  return entry
}

function damaged(at: number): Altered {
  return new Altered(`it is no archive that gatebook wrote, from byte ${at} on`)
}
