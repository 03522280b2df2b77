import type { Follower } from '../byte-follower.ts'
import { NotFollowed } from '../not-followed.ts'
import { optionValue, type RsyncCommand, withSecluded } from './rsync-command.ts'
import { int32, varint, vstring } from './rsync-words.ts'

/** rsync 3.0 of 2008; before it, everything was written in another way. */
const VERSION_MIN = 30
/** Every rsync reads up to here; of a newer one it is agreed anyway. */
const VERSION_MAX = 32
/** Arguments that come as input: of one, and of all. */
const SECLUDED_BYTES_MAX = 64 * 1024

/** What the target's rsync says that it does, in bits. */
const compatible = { listsByDirectory: 1 << 0, safeLists: 1 << 3, longFlags: 1 << 7, namesOfRoot: 1 << 8 } as const

/** Bytes of each checksum, by the name that it is agreed under. */
const checksumBytes = new Map([
  ['xxh128', 16],
  ['xxh3', 8],
  ['xxh64', 8],
  ['xxhash', 8],
  ['md5', 16],
  ['md4', 16],
  ['sha1', 20],
  ['none', 1],
])

/** What both sides have agreed on. */
export interface RsyncTerms {
  readonly version: number
  /** A list of files for each directory, each when it is needed, instead of one for all. */
  readonly listsByDirectory: boolean
  readonly longFlags: boolean
  /** Root has a name in the lists of users and groups. */
  readonly namesOfRoot: boolean
  /** Bytes of the checksum behind each file that is sent … */
  readonly checksum: number
  /** … and of that in the list, where `-c` wants one. */
  readonly listChecksum: number
  readonly compresses: boolean
}

/** Both sides' part of the beginning; each follows one direction, and the later one completes the terms. */
export class RsyncHandshake {
  #command: RsyncCommand
  readonly #versions: number[] = []
  #flags: number | undefined
  readonly #checksums: string[][] = []

  constructor(command: RsyncCommand) {
    this.#command = command
  }

  /** With what came secluded. */
  get command(): RsyncCommand {
    return this.#command
  }

  *client(): Follower {
    if (this.#command.options.includes('--daemon')) throw new NotFollowed("rsync's daemon is not followed")
    if (this.#command.letters.has('s')) this.#command = withSecluded(this.#command, yield* secludedArguments())
    this.#versions.push(yield* int32())
    // What comes next depends on the target's answer, which the client awaits.
    yield 0
    yield* this.#choices()
  }

  *target(): Follower {
    this.#versions.push(yield* int32())
    yield 0
    if (this.version < VERSION_MIN) throw new NotFollowed(`protocol ${this.version} of rsync is not followed`)
    this.#flags = yield* varint()
    yield* this.#choices()
    // The seed of the checksums.
    yield* int32()
  }

  get version(): number {
    if (this.#versions.length < 2) throw new NotFollowed('rsync does not begin as it should')
    return Math.min(...this.#versions, VERSION_MAX)
  }

  /** Call when both have followed to their ends. */
  terms(): RsyncTerms {
    const flags = this.#flags ?? 0
    const [file, list = file] = optionValue(this.#command, 'checksum-choice')?.split(',') ?? []
    const agreed = this.#agreedChecksum()
    return {
      version: this.version,
      listsByDirectory: (flags & compatible.listsByDirectory) !== 0,
      longFlags: (flags & compatible.longFlags) !== 0,
      namesOfRoot: (flags & compatible.namesOfRoot) !== 0,
      checksum: lengthOf(file ?? agreed),
      listChecksum: lengthOf(list ?? agreed),
      compresses: this.#compresses(),
    }
  }

  /** Lists of what each side can do, in its order of preference: only where the command has not chosen. */
  *#choices(): Follower {
    const flags = this.#flags
    if (flags === undefined) throw new NotFollowed('rsync does not begin as it should')
    if ((flags & compatible.longFlags) === 0) return
    if (optionValue(this.#command, 'checksum-choice') === undefined) {
      this.#checksums.push((yield* vstring()).toString().split(' '))
    }
    if (this.#command.letters.has('z') && !this.#hasChosenCompression()) yield* vstring()
  }

  /** The target's list comes first, and the client's order decides. */
  #agreedChecksum(): string {
    const [ofTarget, ofClient] = this.#checksums
    return ofClient?.find((name) => ofTarget?.includes(name)) ?? 'md5'
  }

  #compresses(): boolean {
    const choice = optionValue(this.#command, 'compress-choice')
    return choice === undefined ? this.#command.letters.has('z') || this.#hasChosenCompression() : choice !== 'none'
  }

  #hasChosenCompression(): boolean {
    const { options } = this.#command
    return options.some((option) => /^--(compress-choice=|zc=|(old|new)-compress$)/.test(option))
  }
}

function lengthOf(checksum: string): number {
  const length = checksumBytes.get(checksum)
  if (length === undefined) throw new NotFollowed(`rsync checks by ${checksum.slice(0, 20)}, which is not known here`)
  return length
}

/** Each ends in NUL, and one more NUL ends them all; the first is the name of the program. */
function* secludedArguments(): Follower<string[]> {
  const words: string[] = []
  let word = ''
  for (let bytes = 0; bytes < SECLUDED_BYTES_MAX; bytes++) {
    const character = (yield 1).toString('latin1')
    if (character !== '\0') word += character
    else if (word === '') return words.slice(1)
    else {
      words.push(word)
      word = ''
    }
  }
  throw new NotFollowed('the arguments of rsync are too long')
}
