import { open, type FileHandle } from 'node:fs/promises'
import { GatewayError } from '../errors.ts'
import type { JournalCipher } from './journal-cipher.ts'
import { decodeRecord, type JournalRecord } from './journal-record.ts'
import { SEGMENT_MAGIC, type Journal, type JournalSegment } from './journal.ts'

/** A record with the segment it stands in. */
export interface PlacedRecord {
  readonly record: JournalRecord
  readonly segment: JournalSegment
}

/** Bytes read at once, and so the most that one batch for PostgreSQL holds. A record is at most half of it. */
const READ_BYTES = 1024 * 1024

/** Reads the journal from its oldest record on, behind the writer, as far as it is written. */
export class JournalReader {
  readonly #journal: Journal
  #segment: JournalSegment | undefined
  #file: FileHandle | undefined
  /** Of the segment, from its first key pressed on. */
  #cipher: Pick<JournalCipher, 'decrypt'> | undefined
  #at = SEGMENT_MAGIC.length

  constructor(journal: Journal) {
    this.#journal = journal
  }

  /**
   * The next records, about 1 MiB at most; none when the writer is not further. A damaged record at
   * the end of a segment left behind is what a crash tore: it was never forwarded, so it is skipped.
   * Throws `record-failed` where a segment of this process is damaged.
   */
  async next(): Promise<readonly PlacedRecord[]> {
    const segment = (this.#segment ??= this.#journal.segments[0])
    if (segment === undefined) return []
    if (this.#at >= segment.length) return this.#leave() ? this.next() : []
    this.#file ??= await open(segment.path, 'r')
    const bytes = Buffer.allocUnsafe(Math.min(READ_BYTES, segment.length - this.#at))
    const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, this.#at)
    const records: PlacedRecord[] = []
    let at = 0
    for (;;) {
      const decoded = decodeRecord(bytes.subarray(0, bytesRead), at)
      if (typeof decoded !== 'string') {
        const record = this.#inClear(decoded.record)
        if (record !== undefined) records.push({ record, segment })
        at += decoded.size
        continue
      }
      const torn = decoded === 'damaged' || (at === 0 && this.#at + bytesRead >= segment.length)
      if (torn && !segment.leftBehind) {
        throw new GatewayError('record-failed', `${segment.path} is damaged at byte ${this.#at + at}`)
      }
      this.#at = torn ? segment.length : this.#at + at
      return records.length === 0 && (torn || at > 0) ? this.next() : records
    }
  }

  /** Undefined: it was for us. */
  #inClear(record: JournalRecord): JournalRecord | undefined {
    if (record.kind === 'key') this.#cipher = this.#journal.openKey(record.data)
    if (record.kind !== 'typed') return record.kind === 'key' ? undefined : record
    if (this.#cipher === undefined) throw new GatewayError('record-failed', 'the journal has lost the key to its input')
    return { ...record, data: this.#cipher.decrypt(record.data) }
  }

  /** Whether all of the segment has been handed out. */
  isPast(segment: JournalSegment): boolean {
    return this.#segment !== undefined && this.#segment !== segment && !this.#ahead().includes(segment)
  }

  /** Bytes written that have not been handed out. */
  unread(): number {
    const current = this.#segment === undefined ? 0 : this.#segment.length - this.#at
    return this.#ahead().reduce((sum, segment) => sum + segment.length, current)
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }

  #ahead(): readonly JournalSegment[] {
    const { segments } = this.#journal
    return this.#segment === undefined ? segments : segments.slice(segments.indexOf(this.#segment) + 1)
  }

  /** Goes on to the next segment, if the writer has left this one. */
  #leave(): boolean {
    const next = this.#ahead()[0]
    if (next === undefined) return false
    const file = this.#file
    this.#file = undefined
    this.#segment = next
    this.#cipher = undefined
    this.#at = SEGMENT_MAGIC.length
    // oxlint-disable-next-line typescript/no-floating-promises -- a read-only file: closing it cannot lose anything
    file?.close()
    return true
  }
}
