import {
  closeSync,
  fdatasync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  unlink,
  writevSync,
} from 'node:fs'
import { join } from 'node:path'
import { GatewayError } from '../errors.ts'
import { JournalCipher, type KeySealer } from './journal-cipher.ts'
import { encodeRecordHead, uuidBytes, type JournalRecord } from './journal-record.ts'

/** First bytes of a segment: the format and its version. */
export const SEGMENT_MAGIC = Buffer.from('GBJRNL\0\x01', 'latin1')
/** A new segment begins at this size, so that what PostgreSQL has can be deleted in small pieces … */
const SEGMENT_BYTES_MAX = 64 * 1024 * 1024
/** … and at this part of the budget: the segment that grows is never deleted. */
const SEGMENT_PART = 1 / 8
/** Beyond this part of the budget the journal asks for patience. */
const PRESSED_PART = 1 / 2

const OF_NO_SESSION = { sessionId: '00000000-0000-0000-0000-000000000000', channel: 0, seq: 0, atUs: 0 }

/** One file of the journal. */
export interface JournalSegment {
  readonly path: string
  /** Bytes written. */
  length: number
  /** Left by an earlier process: it grows no more, and its sessions are over. */
  readonly leftBehind: boolean
}

export interface JournalOptions {
  readonly directory: string
  readonly durability: 'process' | 'power'
  /** Bytes of all segments together; at this, nothing more is taken. */
  readonly maxBytes: number
  readonly vault: KeySealer
  /** Called once, when a write failed: nothing can be recorded any more, so every session must end. */
  onFailure(error: GatewayError): void
}

/**
 * The append-only journal of this gateway: what is on it survives `kill -9` (`process`) or power
 * loss (`power`). One file at a time; all that one turn of the event loop appends is one write(2).
 */
export class Journal {
  readonly #options: JournalOptions
  readonly #segmentBytes: number
  readonly #segments: JournalSegment[]
  readonly #cipher: JournalCipher
  /** The segment that holds the key to what is typed. */
  #keyed: JournalSegment | undefined
  #typedWaits = false
  #fd: number
  #bytes: number
  #failed: GatewayError | undefined
  #queue: Buffer[] = []
  #forwards: (() => void)[] = []
  #syncing = false
  readonly #left: number[] = []
  #awaitingSync: (() => void)[] = []
  #onWritten: () => void = () => {}

  /** Opens a new segment behind those left in the directory. Throws `data-directory`. */
  constructor(options: JournalOptions) {
    this.#options = options
    this.#cipher = JournalCipher.create(options.vault)
    this.#segmentBytes = Math.min(SEGMENT_BYTES_MAX, options.maxBytes * SEGMENT_PART)
    try {
      mkdirSync(options.directory, { recursive: true, mode: 0o700 })
      this.#segments = leftBehind(options.directory)
      this.#fd = this.#openSegment()
    } catch (cause) {
      throw new GatewayError(
        'data-directory',
        `cannot write the journal in ${options.directory}`,
        'make the directory writable for the user that runs gatebook, or set GATEBOOK_DATA to one that is',
        cause,
      )
    }
    this.#bytes = this.#segments.reduce((sum, segment) => sum + segment.length, 0)
  }

  /** Oldest first; the last one grows. */
  get segments(): readonly JournalSegment[] {
    return this.#segments
  }

  get bytes(): number {
    return this.#bytes
  }

  /** PostgreSQL empties it more slowly than it fills: whoever speaks most must slow down, or all will be cut off. */
  get pressed(): boolean {
    return this.#bytes > this.#options.maxBytes * PRESSED_PART
  }

  get failed(): GatewayError | undefined {
    return this.#failed
  }

  /** Called after each write; one listener, the archiver. */
  onWritten(listener: () => void): void {
    this.#onWritten = listener
  }

  /**
   * Appends and then, once the record is written, runs `forward`; forwards run in the order of their
   * appends. After a failure nothing is forwarded any more.
   */
  append(record: JournalRecord, forward: () => void): void {
    if (this.#failed !== undefined) return
    this.#begin()
    this.#queue.push(...this.#parts(record))
    this.#forwards.push(forward)
  }

  /** The key to what is typed in a segment. Throws `master-key`. */
  openKey(sealedKey: Buffer): Pick<JournalCipher, 'decrypt'> {
    return sealedKey.equals(this.#cipher.sealedKey) ? this.#cipher : JournalCipher.open(this.#options.vault, sealedKey)
  }

  /** Runs `forward` after all that was appended before, recording nothing. */
  after(forward: () => void): void {
    if (this.#failed !== undefined) return
    this.#begin()
    this.#forwards.push(forward)
  }

  /** Deletes the oldest segment, which PostgreSQL holds entirely; never the one that grows. */
  dropOldest(): void {
    if (this.#segments.length < 2) return
    const segment = this.#segments.shift()
    if (segment === undefined) return
    this.#bytes -= segment.length
    // In a thread: freeing so many pages takes milliseconds. A file that stays is read again at the next start,
    // and what it holds is stored already.
    unlink(segment.path, () => {})
  }

  /** Writes what waits and closes the file; what is appended later is not taken. */
  close(): void {
    this.#flush()
    if (this.#failed === undefined) fsyncSync(this.#fd)
    this.#failed ??= new GatewayError('record-failed', 'the journal is closed')
    this.#closeFile(this.#fd)
  }

  #parts(record: JournalRecord): Buffer[] {
    if (record.kind === 'typed') this.#typedWaits = true
    const data = record.kind === 'typed' ? this.#cipher.encrypt(record.data) : record.data
    const head = encodeRecordHead({ ...record, data }, uuidBytes(record.sessionId))
    return data.length > 0 ? [head, data] : [head]
  }

  #begin(): void {
    // nextTick runs when the callback that read the socket is done: its packets become one write.
    if (this.#forwards.length === 0) process.nextTick(() => this.#flush())
  }

  #flush(): void {
    const [queue, forwards] = [this.#queue, this.#forwards]
    this.#queue = []
    this.#forwards = []
    if (this.#failed !== undefined) return
    if (queue.length > 0) {
      try {
        this.#write(queue)
      } catch (cause) {
        return this.#fail(cause)
      }
    }
    if (this.#options.durability === 'power') this.#afterSync(forwards)
    else run(forwards)
    if (queue.length > 0) this.#onWritten()
  }

  #write(queue: Buffer[]): void {
    const total = byteLength(queue)
    if (this.#bytes + total > this.#options.maxBytes) {
      throw new Error(`the journal has reached its budget of ${this.#options.maxBytes} bytes`)
    }
    let segment = this.#segments.at(-1)
    if (segment === undefined || segment.length + total > this.#segmentBytes) {
      const left = this.#fd
      this.#fd = this.#openSegment()
      segment = this.#segments.at(-1)
      this.#bytes += SEGMENT_MAGIC.length
      if (this.#options.durability === 'power') fsyncSync(left)
      this.#closeFile(left)
    }
    if (this.#typedWaits && this.#keyed !== segment) {
      this.#keyed = segment
      queue.unshift(...this.#parts({ ...OF_NO_SESSION, kind: 'key', data: this.#cipher.sealedKey }))
    }
    this.#typedWaits = false
    const written = writeWhole(this.#fd, queue)
    if (segment !== undefined) segment.length += written
    this.#bytes += written
  }

  /** A file must stay open while a thread of the pool syncs it. */
  #closeFile(fd: number): void {
    if (this.#syncing) this.#left.push(fd)
    else closeSync(fd)
  }

  /** Group commit: everything that comes while one fdatasync runs waits for the next. */
  #afterSync(forwards: (() => void)[]): void {
    this.#awaitingSync.push(...forwards)
    if (this.#syncing || this.#awaitingSync.length === 0) return
    const group = this.#awaitingSync
    this.#awaitingSync = []
    this.#syncing = true
    fdatasync(this.#fd, (error) => {
      this.#syncing = false
      for (const fd of this.#left.splice(0)) closeSync(fd)
      if (error !== null) return this.#fail(error)
      run(group)
      this.#afterSync([])
    })
  }

  #fail(cause: unknown): void {
    if (this.#failed !== undefined) return
    const why = cause instanceof Error ? cause.message : String(cause)
    this.#failed = new GatewayError(
      'record-failed',
      `the journal cannot be written: ${why}`,
      'free space for GATEBOOK_DATA or raise GATEBOOK_JOURNAL_MAX_BYTES, then restart gatebook',
      cause,
    )
    this.#options.onFailure(this.#failed)
  }

  #openSegment(): number {
    const last = this.#segments.at(-1)?.path.match(/(\d+)\.journal$/)?.[1] ?? '0'
    const path = join(this.#options.directory, `${String(Number(last) + 1).padStart(8, '0')}.journal`)
    const fd = openSync(path, 'ax', 0o600)
    writeWhole(fd, [SEGMENT_MAGIC])
    // The name must survive power loss as the bytes do.
    const directory = openSync(this.#options.directory, 'r')
    fsyncSync(directory)
    closeSync(directory)
    this.#segments.push({ path, length: SEGMENT_MAGIC.length, leftBehind: false })
    return fd
  }
}

/** writev(2) to a full disk writes less than asked and says nothing (research/storage.md §0): what is left is tried until it fails. */
function writeWhole(fd: number, parts: readonly Buffer[]): number {
  const total = byteLength(parts)
  let rest = parts
  for (;;) {
    let written = writevSync(fd, rest)
    if (written === 0) throw new Error('no space left on the device')
    let whole = 0
    while (whole < rest.length && written >= (rest[whole]?.length ?? 0)) written -= rest[whole++]?.length ?? 0
    if (whole === rest.length) return total
    rest = [(rest[whole] ?? Buffer.alloc(0)).subarray(written), ...rest.slice(whole + 1)]
  }
}

function byteLength(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}

function leftBehind(directory: string): JournalSegment[] {
  return readdirSync(directory)
    .filter((name) => /^\d{8}\.journal$/.test(name))
    .toSorted()
    .map((name) => join(directory, name))
    .map((path) => ({ path, length: statSync(path).size, leftBehind: true }))
}

function run(forwards: readonly (() => void)[]): void {
  for (const forward of forwards) forward()
}
