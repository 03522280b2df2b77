import { crc32 } from 'node:zlib'
import { directory, localHeader, type ZipEntry } from './zip.ts'

/** Writes an archive (zip.ts) piece by piece: holds what it needs to know of each file, and none of its bytes. */
export class ZipWriter {
  readonly #entries: ZipEntry[] = []

  /** The next file, below 4 GiB. */
  file(name: string, content: Buffer): readonly Buffer[] {
    const entry = { name, crc32: crc32(content), length: content.length }
    this.#entries.push(entry)
    return [localHeader(entry), content]
  }

  /** What comes last. */
  end(): Buffer {
    return directory(this.#entries)
  }
}
