import { ByteFollower, type Follower } from '../byte-follower.ts'
import type { FileLedger } from '../file-ledger.ts'
import type { FileParser } from '../file-parser.ts'
import type { FileDirection, FileResult } from '../file-statement.ts'
import { NotFollowed } from '../not-followed.ts'
import { type RsyncCommand, unknownOption } from './rsync-command.ts'
import { RsyncHandshake } from './rsync-handshake.ts'
import { message, multiplexed, nothingFollowed } from './rsync-multiplex.ts'
import { RsyncPaths } from './rsync-paths.ts'
import { RsyncSender } from './rsync-sender.ts'

/** Characters of an option that is not known. */
const OPTION_LENGTH_MAX = 100
const ONLY_COMMAND = 'only the command of rsync is known, not which files passed'

/**
 * Lists the files that rsync transfers (protocols 30 to 32), from what their sender says: `ok` is that all of a file
 * passed. Where that cannot be followed, the list has what the command names.
 */
export function createRsyncParser(ledger: FileLedger, command: RsyncCommand): FileParser {
  const dialogue = new RsyncDialogue(ledger, command)
  return {
    hear: (stream, bytes) => (stream === 'input' ? dialogue.client.feed(bytes) : dialogue.target.feed(bytes)),
    exited: (status) => dialogue.exited(status),
    end: (result) => dialogue.end(result),
  }
}

class RsyncDialogue {
  readonly #ledger: FileLedger
  readonly #handshake: RsyncHandshake
  #sender: RsyncSender | undefined
  #status: number | undefined
  readonly client: ByteFollower
  readonly target: ByteFollower

  constructor(ledger: FileLedger, command: RsyncCommand) {
    this.#ledger = ledger
    this.#handshake = new RsyncHandshake(command)
    this.client = new ByteFollower(this.#side('upload', this.#handshake.client()))
    this.target = new ByteFollower(this.#side('download', this.#handshake.target()))
  }

  exited(status: number): void {
    this.#status = status
  }

  end(result: 'interrupted' | 'unread'): void {
    this.#sender?.end(result)
    const status = this.#status
    if (this.#sender === undefined) this.#listCommand(status === undefined || status === 0 ? result : 'failed')
    else if (status !== undefined && status !== 0) {
      this.#addUnread(`rsync ended with status ${status}: some of these files may not have been written`)
    } else if (status === 0 && !this.#sender.isOver) this.#addUnread('rsync went on where it could not be followed')
  }

  /** `sends`: the direction in which this side is the sender. */
  *#side(sends: FileDirection, handshake: Follower): Follower {
    // Not before there are bytes: whoever is followed may fail.
    yield 0
    yield* handshake
    yield 0
    const { direction } = this.#handshake.command
    if (direction === sends) {
      const sender = this.#begin()
      yield* multiplexed(sender.follow(), (kind, text) => {
        if (kind === message.notSent && text.length === 4) sender.notSent(text.readInt32LE(0))
      })
    } else if (sends === 'download') {
      yield* multiplexed(nothingFollowed(), (kind, text) => {
        if (kind === message.deleted) this.#deleted(text)
      })
    } else yield* nothingFollowed()
  }

  #begin(): RsyncSender {
    const { command } = this.#handshake
    const why = whyNotFollowed(command)
    if (why !== undefined) throw new NotFollowed(why)
    const untold = whatIsUntold(command)
    if (untold !== undefined) this.#addUnread(untold)
    this.#sender = new RsyncSender(this.#ledger, command, this.#handshake.terms())
    return this.#sender
  }

  /** Told with a NUL behind it, it was a directory. */
  #deleted(text: Buffer): void {
    const isDirectory = text.at(-1) === 0
    const name = text.subarray(0, isDirectory ? -1 : undefined).toString('latin1')
    const { path } = new RsyncPaths(this.#handshake.command).of(name, false)
    this.#ledger.add({ operation: isDirectory ? 'rmdir' : 'remove', path }, 'ok')
  }

  #listCommand(result: FileResult): void {
    const { direction, paths } = this.#handshake.command
    const note = result === 'failed' ? `${ONLY_COMMAND}; it ended with status ${this.#status}` : ONLY_COMMAND
    for (const path of paths) this.#ledger.add({ operation: 'transfer', direction, path, note }, result)
  }

  #addUnread(note: string): void {
    this.#ledger.add({ operation: 'unread', note }, 'unread')
  }
}

function whyNotFollowed(command: RsyncCommand): string | undefined {
  const { letters } = command
  const unknown = unknownOption(command)
  if (unknown !== undefined) return `rsync ${unknown.slice(0, OPTION_LENGTH_MAX)} is not known here`
  if (letters.has('A')) return 'rsync -A is not followed: access control lists stand between the names'
  if (letters.has('X')) return 'rsync -X is not followed: extended attributes stand between the names'
  return letters.has('n') ? 'rsync -n passes no files' : undefined
}

/** What rsync does to files on the target without a word of it. */
function whatIsUntold({ direction, options }: RsyncCommand): string | undefined {
  const removes = direction === 'download' && options.some((option) => /^--remove-(source|sent)-files$/.test(option))
  return removes ? 'rsync removes what it has sent; that is not listed' : undefined
}
