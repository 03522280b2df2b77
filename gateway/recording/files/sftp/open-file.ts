import type { FileResult } from '../file-statement.ts'
import type { FileLedger, OpenTransfer } from '../file-ledger.ts'
import type { SftpReply } from './pending-requests.ts'
import { openFlag, status, statusNote } from './sftp-numbers.ts'

/** A file that the target has open: what is read of it is a download, what is written an upload. */
export class OpenFile {
  readonly #ledger: FileLedger
  readonly path: Buffer
  readonly #flags: number
  #down: OpenTransfer | undefined
  #up: OpenTransfer | undefined
  /** Whether what is written is all that will be in it. */
  #fresh: boolean
  /** Of the target's answers. */
  #size: number | undefined
  #endOfFile: number | undefined
  #readFailure: string | undefined
  #writeFailure: string | undefined
  #closes = false
  #over = false

  /** `flags` as it was opened with; `size` if it was asked for just before. */
  constructor(ledger: FileLedger, path: Buffer, { flags, size }: { readonly flags: number; size: number | undefined }) {
    this.#ledger = ledger
    this.path = path
    this.#flags = flags
    this.#size = size
    this.#fresh = hasAll(flags, openFlag.truncate) || hasAll(flags, openFlag.create | openFlag.exclusive)
    // Opening it has made or emptied it, whether anything is written or not.
    if (hasAll(flags, openFlag.write) && (flags & (openFlag.create | openFlag.truncate)) !== 0) this.upload()
  }

  /** Where what is read of it goes. */
  download(): OpenTransfer {
    this.#down ??= this.#ledger.begin('download', this.path)
    return this.#down
  }

  /** Where what is written to it goes. */
  upload(): OpenTransfer {
    this.#up ??= this.#ledger.begin('upload', this.path)
    return this.#up
  }

  /** It is to be closed: what is written to its handle from now on belongs to whatever has the handle then. */
  get closes(): boolean {
    return this.#closes
  }

  willClose(): void {
    this.#closes = true
  }

  /** What lies at `offset` was asked for and did not come. */
  unread(offset: number, reply: SftpReply): void {
    this.download()
    if (reply.kind !== 'status') return
    if (reply.code !== status.eof) this.#readFailure ??= statusNote(reply.code, reply.message)
    else if (this.#endOfFile === undefined || offset < this.#endOfFile || this.#endOfFile < this.#readEnd()) {
      this.#endOfFile = offset
    }
  }

  /** So many bytes that went to `upload` were refused. */
  unwritten(bytes: number, why: string): void {
    this.#writeFailure ??= why
    this.#up?.content.refused(bytes)
  }

  /** So many bytes were written to it before it was known to be open. */
  wroteUnseen(bytes: number): void {
    this.upload().content.unseen(bytes, 'it was written before the target said that it was open')
  }

  /** The target says how long it is. */
  hasSize(size: number | undefined): void {
    this.#size = size
  }

  /**
   * It was cut or made longer. OpenSSH's scp writes over what was there and cuts off the rest in the end: true, when
   * just that was done.
   */
  cutTo(size: number): boolean {
    const written = this.#up?.content
    const isAll = size === (written?.end ?? 0)
    if (isAll) this.#fresh = true
    else written?.spoil(`it was cut or extended to ${size} bytes`)
    return isAll && written !== undefined
  }

  /** Parts of another file were copied into it on the target. */
  copiedFrom(source: Buffer): void {
    const facts = { operation: 'copy', path: source, newPath: this.path } as const
    const upload = this.#up
    if (upload !== undefined && upload.content.bytes === 0) return upload.becomes(facts)
    upload?.content.spoil('parts of it were copied on the target')
    this.#ledger.add(facts, 'ok')
  }

  /** It is closed; `note` says why closing failed. */
  closed(note: string | undefined): void {
    const [readFailure, writeFailure] = [this.#readFailure ?? note, this.#writeFailure ?? note]
    if (readFailure !== undefined) this.#endDown('failed', readFailure)
    else if (this.#isReadToItsEnd()) this.#endDown('ok')
    else this.#endDown('partial', 'closed before its end')
    this.#endUp(writeFailure === undefined ? 'ok' : 'failed', writeFailure)
    this.#over = true
  }

  /** It was never closed. */
  end(result: 'interrupted' | 'unread', note?: string): void {
    if (this.#over) return
    this.#endDown(result, note)
    this.#endUp(result, note)
    this.#over = true
  }

  #isReadToItsEnd(): boolean {
    return this.#endOfFile === this.#readEnd() || this.#size === this.#readEnd()
  }

  #readEnd(): number {
    return this.#down?.content.end ?? 0
  }

  #endDown(result: FileResult, note?: string): void {
    if (!this.#over) this.#down?.end(result, { note, hasEnd: result === 'ok' })
  }

  #endUp(result: FileResult, note?: string): void {
    if (this.#over || this.#up === undefined) return
    if (!this.#fresh) this.#up.content.spoil('it was written into a file that was there')
    if (hasAll(this.#flags, openFlag.append)) this.#up.content.spoil('it was appended to a file')
    this.#up.end(result, { note, hasEnd: result === 'ok' })
  }
}

function hasAll(flags: number, wanted: number): boolean {
  return (flags & wanted) === wanted
}
