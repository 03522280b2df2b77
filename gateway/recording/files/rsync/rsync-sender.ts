import type { Follower } from '../byte-follower.ts'
import type { FileLedger, OpenTransfer } from '../file-ledger.ts'
import type { FileResult } from '../file-statement.ts'
import { NotFollowed } from '../not-followed.ts'
import { REMOVES, type RsyncCommand } from './rsync-command.ts'
import type { RsyncTerms } from './rsync-handshake.ts'
import { costOf, type EntryList, type ListedEntry, RsyncLists } from './rsync-list.ts'
import { RsyncPaths } from './rsync-paths.ts'
import { byte, FileNumbers, int16, int32, marker, varint, vstring } from './rsync-words.ts'

/** What is to be done with a file (rsync.h, `ITEM_…`). */
const item = { basis: 1 << 11, otherName: 1 << 12, isNew: 1 << 13, transfer: 1 << 15 } as const
/** Files are sent, those that came out wrong are sent again, and what comes then are farewells. */
const PHASES = 3
/** A list without its entries, about. */
const LIST_COST = 300
/** Compressed content, as a piece of up to 14 bits of length: `0b01` and the upper six. */
const PIECE = 0x40
/** Names parts of what the receiver has already: alone or a run, by its number or its distance from the one before. */
const PART = { long: 0x20, longRun: 0x21, near: 0x80, nearRun: 0xc0 } as const

/** A list with the directory that it is of, where there is one. */
interface DirectoryList extends EntryList {
  readonly directory: number
}

/** Follows the side that sends files: lists, and then the files that the other side wants. */
export class RsyncSender {
  readonly #ledger: FileLedger
  readonly #command: RsyncCommand
  readonly #terms: RsyncTerms
  readonly #lists: RsyncLists
  readonly #paths: RsyncPaths
  readonly #numbers = new FileNumbers()
  readonly #known: DirectoryList[] = []
  /** Directories by the order in which lists have told of them, until their own lists are done with. */
  readonly #directories = new Map<number, ListedEntry>()
  #directoriesTold = 0
  #total = 0
  #transfer: SentFile | undefined
  #isOver = false

  constructor(ledger: FileLedger, command: RsyncCommand, terms: RsyncTerms) {
    this.#ledger = ledger
    this.#command = command
    this.#terms = terms
    this.#lists = new RsyncLists(ledger, command, terms)
    this.#paths = new RsyncPaths(command)
  }

  *follow(): Follower {
    if (this.#command.direction === 'upload' && this.#sendsFilters()) yield* this.#filters()
    yield* this.#list(0)
    for (let phase = 0; phase < PHASES;) {
      const number = yield* this.#numbers.next()
      if (number >= 0) yield* this.#file(number)
      else if (number <= marker.firstList) yield* this.#list(marker.firstList - number)
      else if (number === marker.done) phase += this.#isDoneWithAll() ? 1 : 0
      else if (number === marker.deletions) for (let kinds = 0; kinds < 5; kinds++) yield* varint()
      else if (number !== marker.listsEnd) throw new NotFollowed('rsync says a number that stands for nothing')
    }
    this.#isOver = true
    yield { pass: Infinity }
  }

  /** Whether all files are done with, as the sender says. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** The sender could not open a file that was wanted. */
  notSent(number: number): void {
    const entry = this.#entry(number)
    if (entry === undefined) return
    const { direction } = this.#command
    const note = 'the sender could not read it'
    this.#ledger.add({ operation: 'transfer', direction, path: this.#pathOf(entry).path, note }, 'failed')
  }

  end(result: 'interrupted' | 'unread'): void {
    this.#transfer?.end(result)
  }

  /** Rules of what to leave out: the receiver needs them where it removes what the sender has not. */
  #sendsFilters(): boolean {
    return this.#command.options.some((option) => REMOVES.test(option)) || this.#command.letters.has('m')
  }

  *#filters(): Follower {
    for (let length = yield* int32(); length !== 0; length = yield* int32()) {
      if (length < 0) throw new NotFollowed('a filter of rsync has no length')
      yield { pass: length }
    }
  }

  *#list(directory: number): Follower {
    this.#ledger.hold(LIST_COST)
    const list = yield* this.#lists.read()
    this.#known.push({ ...list, directory })
    this.#total += list.entries.length
    if (!this.#terms.listsByDirectory) return
    const directories = list.entries.filter(({ kind }) => kind === 'directory')
    for (const each of directories) this.#directories.set(this.#directoriesTold++, each)
  }

  /** Lists by directory are done with one after the other, then the phases. */
  #isDoneWithAll(): boolean {
    if (!this.#terms.listsByDirectory) return true
    const done = this.#known.shift()
    if (done === undefined) return true
    this.#ledger.letGo(LIST_COST)
    const own = this.#directories.get(done.directory)
    this.#directories.delete(done.directory)
    const over = done.entries.filter(({ kind }) => kind !== 'directory')
    for (const entry of own === undefined ? over : [...over, own]) this.#ledger.letGo(costOf(entry))
    return this.#known.length === 0
  }

  /** The number before those of a list is of its own directory. */
  #entry(number: number): ListedEntry | undefined {
    const list = this.#known.findLast(({ first }) => first - 1 <= number)
    if (list === undefined) return undefined
    return number < list.first ? this.#directories.get(list.directory) : list.entries[number - list.first]
  }

  #pathOf(entry: ListedEntry) {
    const isOnly = this.#total === 1 && entry.kind !== 'directory'
    return this.#paths.of(entry.name, isOnly)
  }

  *#file(number: number): Follower {
    const flags = yield* int16()
    if ((flags & item.basis) !== 0) yield* byte()
    const otherName = (flags & item.otherName) === 0 ? undefined : yield* vstring()
    const entry = this.#entry(number)
    if ((flags & item.transfer) === 0) {
      if (entry !== undefined && this.#command.direction === 'upload') this.#made(entry, flags, otherName)
      return
    }
    if (entry === undefined) throw new NotFollowed('rsync sends a file that is on no list')
    // Count, length and checksum's length of the parts that the receiver has, and the length of the last one.
    yield 16
    const { path, instead } = this.#pathOf(entry)
    const note = instead && `or ${instead.toString()}, where the target of the copy was a directory`
    const sent = new SentFile(this.#ledger.begin(this.#command.direction, path, note), entry.length)
    this.#transfer = sent
    yield* this.#terms.compresses ? sent.compressed() : sent.plain()
    yield this.#terms.checksum
    sent.end('ok')
    this.#transfer = undefined
  }

  /** What is new on the target without content of its own; `otherName` is what a hard link is one to. */
  #made(entry: ListedEntry, flags: number, otherName: Buffer | undefined): void {
    const { path } = this.#pathOf(entry)
    if (otherName !== undefined && otherName.length > 0 && (flags & item.basis) === 0) {
      const existing = this.#paths.of(otherName.toString('latin1'), false).path
      this.#ledger.add({ operation: 'hardlink', path: existing, newPath: path }, 'ok')
    }
    if ((flags & item.isNew) === 0) return
    if (entry.kind === 'directory') this.#ledger.add({ operation: 'mkdir', path }, 'ok')
    const newPath = Buffer.from(entry.leadsTo ?? '', 'latin1')
    if (entry.kind === 'link') this.#ledger.add({ operation: 'symlink', path, newPath }, 'ok')
  }
}

/** The content of one file: pieces of it, between parts that the receiver has already. */
class SentFile {
  readonly #transfer: OpenTransfer
  readonly #length: number
  #hasOldParts = false

  constructor(transfer: OpenTransfer, length: number) {
    this.#transfer = transfer
    this.#length = length
  }

  /** Lengths of pieces; parts are negative, and 0 is the end. */
  *plain(): Follower {
    for (let length = yield* int32(); length !== 0; length = yield* int32()) {
      if (length < 0) this.#hasOldParts = true
      else yield { pass: length, show: (slice) => this.#transfer.take(this.#transfer.content.end, slice) }
    }
  }

  *compressed(): Follower {
    for (let head = yield* byte(); head !== 0; head = yield* byte()) {
      if ((head & 0xc0) === PIECE) yield { pass: (head & 0x3f) * 256 + (yield* byte()) }
      else {
        this.#hasOldParts = true
        if (head === PART.long || head === PART.longRun) yield 4
        else if (head < PART.near) throw new NotFollowed('the content of a file is not as rsync sends it')
        if (head === PART.longRun || head >= PART.nearRun) yield 2
      }
    }
    if (!this.#hasOldParts) this.#transfer.content.unseen(this.#length, 'it passed compressed')
  }

  end(result: FileResult): void {
    const { content } = this.#transfer
    if (this.#hasOldParts) content.spoil('only what had changed passed')
    const isOther = result === 'ok' && content.bytes !== this.#length
    const note = isOther ? `it is ${this.#length} bytes long` : undefined
    this.#transfer.end(result, { note, hasEnd: result === 'ok' })
  }
}
