import type { Follower } from '../byte-follower.ts'
import type { FileLedger } from '../file-ledger.ts'
import { PATH_BYTES_MAX } from '../file-statement.ts'
import { NotFollowed } from '../not-followed.ts'
import type { RsyncCommand } from './rsync-command.ts'
import type { RsyncTerms } from './rsync-handshake.ts'
import { byte, int32, varint, varlong } from './rsync-words.ts'

/** An entry beside its name, about. */
const ENTRY_COST = 150

/** What an entry of a list says or leaves out (rsync.h, `XMIT_…`). */
const flag = {
  sameMode: 1 << 1,
  more: 1 << 2,
  sameUser: 1 << 3,
  sameGroup: 1 << 4,
  sameName: 1 << 5,
  longName: 1 << 6,
  sameTime: 1 << 7,
  sameDeviceMajor: 1 << 8,
  linked: 1 << 9,
  userName: 1 << 10,
  groupName: 1 << 11,
  firstOfLinks: 1 << 12,
  endWithErrors: 1 << 12,
  nanoseconds: 1 << 13,
  sameAccessTime: 1 << 14,
  createdWhenChanged: 1 << 17,
} as const

/** Kinds of files in a mode (stat(2)). */
const kind = { mask: 0o170_000, socket: 0o140_000, link: 0o120_000, file: 0o100_000, block: 0o060_000 } as const
const DIRECTORY = 0o040_000
const CHARACTER = 0o020_000
const PIPE = 0o010_000

export interface ListedEntry {
  /** latin1, relative to what was asked for. */
  readonly name: string
  readonly length: number
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  /** Where a symbolic link leads to. */
  readonly leadsTo: string | undefined
}

/** Entries under consecutive numbers. */
export interface EntryList {
  readonly first: number
  readonly entries: readonly ListedEntry[]
}

/** What an entry takes, to be held and let go of. */
export function costOf({ name, leadsTo }: ListedEntry): number {
  return ENTRY_COST + name.length + (leadsTo?.length ?? 0)
}

type Entry = ListedEntry & { readonly mode: number }

/** Reads lists of files, each of whose entries builds on the one before it. */
export class RsyncLists {
  readonly #command: RsyncCommand
  readonly #terms: RsyncTerms
  readonly #ledger: FileLedger
  #name = ''
  #mode = 0
  #next: number

  constructor(ledger: FileLedger, command: RsyncCommand, terms: RsyncTerms) {
    this.#ledger = ledger
    this.#command = command
    this.#terms = terms
    this.#next = terms.listsByDirectory ? 1 : 0
  }

  /** The next list. Let go of the cost of its entries when they are done with. */
  *read(): Follower<EntryList> {
    const first = this.#next
    const entries: Entry[] = []
    for (let flags = yield* this.#flags(); flags !== 0; flags = yield* this.#flags()) {
      const entry = yield* this.#entry(flags, { first, entries })
      this.#ledger.hold(costOf(entry))
      entries.push(entry)
    }
    if (!this.#terms.listsByDirectory) yield* this.#owners()
    // The number of a list's own directory stands before its entries.
    this.#next = first + entries.length + 1
    return { first, entries: this.#inOrder(entries) }
  }

  /** 0 at the end of the list. */
  *#flags(): Follower<number> {
    if (this.#terms.longFlags) {
      const flags = yield* varint()
      if (flags === 0) yield* varint()
      return flags
    }
    const low = yield* byte()
    if ((low & flag.more) === 0) return low
    const flags = low | ((yield* byte()) << 8)
    if (flags !== (flag.more | flag.endWithErrors)) return flags
    yield* varint()
    return 0
  }

  *#entry(flags: number, list: { readonly first: number; readonly entries: readonly Entry[] }): Follower<Entry> {
    const name = yield* this.#entryName(flags)
    if ((flags & (flag.linked | flag.firstOfLinks)) === flag.linked) {
      const original = list.entries[(yield* varint()) - list.first]
      if (original !== undefined) return { ...original, name }
    }
    const length = yield* varlong(3)
    yield* this.#times(flags)
    const { mode } = this
    yield* this.#accessTime(flags, mode)
    yield* this.#owner(flags)
    yield* this.#device(flags, mode)
    const type = mode & kind.mask
    const leadsTo = type === kind.link && this.#has('l') ? (yield* text(yield* varint())).toString('latin1') : undefined
    if (type === kind.file && this.#has('c')) yield this.#terms.listChecksum
    return { name, length, kind: kindOf(type), leadsTo, mode }
  }

  *#entryName(flags: number): Follower<string> {
    const shared = (flags & flag.sameName) === 0 ? 0 : yield* byte()
    const length = (flags & flag.longName) === 0 ? yield* byte() : yield* varint()
    this.#name = this.#name.slice(0, shared) + (yield* text(length)).toString('latin1')
    if (this.#name.length > PATH_BYTES_MAX) throw new NotFollowed('a name of rsync is longer than a path can be')
    return this.#name
  }

  /** Of the last change, of creation, and the mode, which stands between them. */
  *#times(flags: number): Follower {
    if ((flags & flag.sameTime) === 0) yield* varlong(4)
    if ((flags & flag.nanoseconds) !== 0) yield* varint()
    if (this.#has('N') && (flags & flag.createdWhenChanged) === 0) yield* varlong(4)
    if ((flags & flag.sameMode) === 0) this.#mode = yield* int32()
  }

  get mode(): number {
    return this.#mode
  }

  *#accessTime(flags: number, mode: number): Follower {
    const isTold = this.#has('U') && (mode & kind.mask) !== DIRECTORY && (flags & flag.sameAccessTime) === 0
    if (isTold) yield* varlong(4)
  }

  *#owner(flags: number): Follower {
    if (this.#has('o') && (flags & flag.sameUser) === 0) {
      yield* varint()
      if ((flags & flag.userName) !== 0) yield* text(yield* byte())
    }
    if (this.#has('g') && (flags & flag.sameGroup) === 0) {
      yield* varint()
      if ((flags & flag.groupName) !== 0) yield* text(yield* byte())
    }
  }

  *#device(flags: number, mode: number): Follower {
    const { options } = this.#command
    const type = mode & kind.mask
    const isDevice = type === kind.block || type === CHARACTER
    const keepsSpecial = this.#has('D') ? !options.includes('--no-specials') : options.includes('--specials')
    const isSpecial = (type === kind.socket || type === PIPE) && keepsSpecial && this.#terms.version < 31
    if (!isSpecial && !(isDevice && this.#has('D'))) return
    if ((flags & flag.sameDeviceMajor) === 0) yield* varint()
    yield* varint()
  }

  /** Names of the users and groups of all entries, behind a list that is the only one. */
  *#owners(): Follower {
    if (this.#command.options.includes('--numeric-ids')) return
    for (const letter of ['o', 'g']) {
      if (!this.#has(letter)) continue
      while ((yield* varint()) !== 0) yield* text(yield* byte())
      if (this.#terms.namesOfRoot) yield* text(yield* byte())
    }
  }

  /** Numbers are given in the order of names, unless the two sides may write these in different ways. */
  #inOrder(entries: readonly Entry[]): readonly ListedEntry[] {
    const isConverted = this.#command.options.some((option) => option.startsWith('--iconv'))
    if (isConverted) return entries
    return entries
      .map((entry) => ({ entry, key: sortKey(entry) }))
      .toSorted((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
      .map(({ entry }) => entry)
  }

  #has(letter: string): boolean {
    return this.#command.letters.has(letter)
  }
}

/**
 * Puts entries in rsync's order: in each directory first what is no directory, then the directories, by their bytes
 * and with the slash behind their names, each before its own entries; `.` before all.
 */
function sortKey({ name, kind: type }: ListedEntry): string {
  const parts = name.split('/')
  const last = parts.pop() ?? ''
  const above = parts.map((part) => `\x01${part}/`).join('')
  if (type !== 'directory') return `${above}\0${last}`
  return last === '.' ? above : `${above}\x01${last}/`
}

function kindOf(type: number): ListedEntry['kind'] {
  if (type === kind.file) return 'file'
  if (type === DIRECTORY) return 'directory'
  return type === kind.link ? 'link' : 'other'
}

function* text(length: number): Follower<Buffer> {
  if (length < 0 || length > PATH_BYTES_MAX) throw new NotFollowed('a name of rsync is longer than a path can be')
  return length === 0 ? Buffer.alloc(0) : yield length
}
