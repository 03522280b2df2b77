import { Allowance } from './allowance.ts'
import { Content, type ContentParts } from './content.ts'
import { joinNotes, PATH_BYTES_MAX, type FileDirection, type FileResult, type FileStatement } from './file-statement.ts'
import { HashQueue } from './hash-queue.ts'
import { NotFollowed } from './not-followed.ts'

/** Twice what OpenSSH's sftp has under way at once: 64 requests of 32 KiB. */
const EARLY_BYTES_MAX = 4 * 1024 * 1024
/** Names, handles, requests without an answer: 35,000 requests under way, or as many names on a list of rsync. */
const MEMORY_BYTES_MAX = 8 * 1024 * 1024
/** A long transfer says how far it is this often, so that a crash leaves a figure not far from the truth. */
const PROGRESS_BYTES = 16 * 1024 * 1024

/** What is known of a file beside how it went. */
export type FileFacts = Pick<FileStatement, 'operation' | 'direction' | 'path' | 'newPath' | 'note'>

/** The list of the files of one channel as it is being written. */
export class FileLedger {
  readonly #say: (statement: FileStatement) => void
  readonly hashing = new HashQueue()
  readonly #memory = new Allowance(MEMORY_BYTES_MAX)
  readonly #contents: ContentParts = { hashing: this.hashing, early: new Allowance(EARLY_BYTES_MAX) }
  #next = 0

  constructor(say: (statement: FileStatement) => void) {
    this.#say = say
  }

  /** So much is held because of the peers; let go of it again. Throws `NotFollowed` where it is too much. */
  hold(bytes: number): void {
    if (!this.#memory.take(bytes)) throw new NotFollowed('more goes on at once than can be followed')
  }

  letGo(bytes: number): void {
    this.#memory.give(bytes)
  }

  /** Something that is over. */
  add(facts: FileFacts, result: FileResult): void {
    this.#say({ number: this.#next++, ...cut(facts), result })
  }

  /** The content of a file begins to pass, or will. */
  begin(direction: FileDirection, path: Buffer, note?: string): OpenTransfer {
    const facts = cut({ operation: 'transfer', direction, path, note })
    return new OpenTransfer(this.#say, this.#next++, facts, new Content(this.#contents))
  }
}

export interface TransferEnd {
  readonly note?: string | undefined
  /** Nothing is known to be missing behind what passed. */
  readonly hasEnd?: boolean
}

/** A transfer that goes on. */
export class OpenTransfer {
  readonly #say: (statement: FileStatement) => void
  readonly #number: number
  #facts: FileFacts
  #toldAt = 0
  #over = false
  readonly content: Content

  constructor(say: (statement: FileStatement) => void, number: number, facts: FileFacts, content: Content) {
    this.#say = say
    this.#number = number
    this.#facts = facts
    this.content = content
    this.#tell()
  }

  take(offset: number, slice: Buffer): void {
    // A target that answers out of order may still send of a file that is closed.
    if (this.#over) return
    this.content.take(offset, slice)
    if (this.content.bytes - this.#toldAt < PROGRESS_BYTES) return
    this.#toldAt = this.content.bytes
    this.#tell()
  }

  /** It turned out to be something else. */
  becomes(facts: FileFacts): void {
    this.#facts = cut(facts)
  }

  /** Twice does nothing. A hash is told only where `hasEnd`. */
  end(result: FileResult, { note, hasEnd = false }: TransferEnd = {}): void {
    if (this.#over) return
    this.#over = true
    const bytes = this.#facts.operation === 'transfer' ? this.content.bytes : undefined
    const hash = hasEnd && bytes !== undefined ? this.content.finish() : undefined
    if (hash === undefined) this.content.spoil('it is over')
    const unhashed = hash !== undefined && 'why' in hash ? `no hash: ${hash.why}` : undefined
    this.#say({
      number: this.#number,
      ...this.#facts,
      bytes,
      sha256: hash !== undefined && 'sha256' in hash ? hash.sha256 : undefined,
      result,
      note: joinNotes(this.#facts.note, note, unhashed),
    })
  }

  #tell(): void {
    this.#say({ number: this.#number, ...this.#facts, bytes: this.content.bytes })
  }
}

function cut(facts: FileFacts): FileFacts {
  const longest = Math.max(facts.path?.length ?? 0, facts.newPath?.length ?? 0)
  if (longest <= PATH_BYTES_MAX) return facts
  return {
    ...facts,
    path: facts.path?.subarray(0, PATH_BYTES_MAX),
    newPath: facts.newPath?.subarray(0, PATH_BYTES_MAX),
    note: joinNotes(facts.note, 'the path is longer'),
  }
}
