import type { FileLedger } from '../file-ledger.ts'
import { OpenFile } from './open-file.ts'

/** An open file with its two hashes, its handle and its path, about. */
const FILE_COST = 1500
/** Paths whose size is remembered, for clients that ask for it and then read no further. */
const SIZES_MAX = 64

/** The files that one target has open, by their handles and by their paths. */
export class OpenFiles {
  readonly #ledger: FileLedger
  readonly #byHandle = new Map<string, OpenFile>()
  readonly #byPath = new Map<string, Set<OpenFile>>()
  readonly #sizes = new Map<string, number>()

  constructor(ledger: FileLedger) {
    this.#ledger = ledger
  }

  get(handle: string): OpenFile | undefined {
    return this.#byHandle.get(handle)
  }

  /** The target has opened it. Throws `NotFollowed` where too many are open. */
  open(handle: string, path: Buffer, flags: number): void {
    this.#byHandle.get(handle)?.end('interrupted', 'the target gave its handle to another file')
    this.#forget(handle)
    this.#ledger.hold(FILE_COST + path.length)
    const name = nameOf(path)
    const file = new OpenFile(this.#ledger, path, { flags, size: this.#sizes.get(name) })
    this.#byHandle.set(handle, file)
    this.#byPath.set(name, (this.#byPath.get(name) ?? new Set()).add(file))
  }

  /** `note` says why closing failed; the handle is gone all the same. */
  close(handle: string, note: string | undefined): void {
    this.#byHandle.get(handle)?.closed(note)
    this.#forget(handle)
  }

  /** How long the target says that the file of this name is: sftp asks before it opens it, sshfs behind that. */
  hasSize(path: Buffer, size: number | undefined): void {
    if (size === undefined) return
    const name = nameOf(path)
    for (const file of this.#byPath.get(name) ?? []) file.hasSize(size)
    const oldest = this.#sizes.keys().next()
    if (this.#sizes.size >= SIZES_MAX && oldest.done !== true) this.#sizes.delete(oldest.value)
    this.#sizes.set(name, size)
  }

  /** The file of this name was cut or made longer, by its name. */
  cutTo(path: Buffer, size: number): void {
    for (const file of this.#byPath.get(nameOf(path)) ?? []) file.cutTo(size)
  }

  end(result: 'interrupted' | 'unread'): void {
    for (const file of this.#byHandle.values()) file.end(result)
  }

  #forget(handle: string): void {
    const file = this.#byHandle.get(handle)
    if (file === undefined) return
    this.#byHandle.delete(handle)
    this.#ledger.letGo(FILE_COST + file.path.length)
    const name = nameOf(file.path)
    const others = this.#byPath.get(name)
    others?.delete(file)
    if (others?.size === 0) this.#byPath.delete(name)
  }
}

function nameOf(path: Buffer): string {
  return path.toString('latin1')
}
