import type { FileLedger, OpenTransfer } from '../file-ledger.ts'
import type { FileParser } from '../file-parser.ts'
import type { FileResult } from '../file-statement.ts'
import { NotFollowed } from '../not-followed.ts'
import { type ScpCommand, type ScpPath, ScpPaths } from './scp-paths.ts'
import { ScpSink } from './scp-sink.ts'
import { ScpSource, type ScpSourceListener } from './scp-source.ts'

/** An honest source waits for each answer; one that does not is followed this far. */
const UNANSWERED_MAX = 1000
/** What a directory takes beside its paths, about. */
const DIRECTORY_COST = 200

/** Whoever hears the answer to what was sent; undefined: it was accepted. */
type Answered = (failure: string | undefined) => void

/** Follows scp's own protocol (`scp -O`, or before OpenSSH 9), in the direction that its command line names. */
export function createScpParser(ledger: FileLedger, command: ScpCommand): FileParser {
  const dialogue = new ScpDialogue(ledger, command)
  const source = command.direction === 'upload' ? 'input' : 'output'
  return {
    hear: (stream, bytes) => (stream === source ? dialogue.source.feed(bytes) : dialogue.sink.feed(bytes)),
    end: (result) => dialogue.end(result),
  }
}

class ScpDialogue implements ScpSourceListener {
  readonly #ledger: FileLedger
  readonly #command: ScpCommand
  readonly #paths: ScpPaths
  readonly #unanswered: Answered[] = []
  readonly #open = new Set<CopiedFile>()
  #file: CopiedFile | undefined
  readonly source = new ScpSource(this)
  readonly sink = new ScpSink((failure) => this.#answered(failure))

  constructor(ledger: FileLedger, command: ScpCommand) {
    this.#ledger = ledger
    this.#command = command
    this.#paths = new ScpPaths(command)
    // The receiving side speaks first: it is ready, or has no such directory.
    this.#unanswered.push((failure) => failure !== undefined && this.failure(failure))
  }

  file(name: Buffer, size: number): void {
    const place = this.#paths.of(name)
    const transfer = this.#ledger.begin(this.#command.direction, place.path, noteOf(place))
    const file = new CopiedFile(transfer, size)
    this.#file = file
    this.#open.add(file)
    this.#expect((failure) => {
      if (failure === undefined) return
      this.#end(file, failure)
      // The receiver takes for lines what was meant for content.
      if (this.#file !== file || !this.source.skip()) throw new NotFollowed('scp sent a file that was refused')
    })
  }

  content(slice: Buffer): void {
    this.#file?.take(slice)
  }

  contentEnd(failure: string | undefined): void {
    const file = this.#file
    this.#file = undefined
    if (file !== undefined) this.#expect((refusal) => this.#end(file, failure ?? refusal))
  }

  enter(name: Buffer): void {
    const directory = this.#paths.of(name)
    this.#ledger.hold(costOf(directory))
    this.#paths.enter(directory)
    this.#expect((failure) => this.#entered(directory, failure))
  }

  leave(): void {
    this.#leaveDirectory()
    this.#expect(() => {})
  }

  times(): void {
    this.#expect(() => {})
  }

  failure(text: string): void {
    const { direction, paths } = this.#command
    this.#ledger.add(
      { operation: 'transfer', direction, path: paths.length === 1 ? paths[0] : undefined, note: text },
      'failed',
    )
  }

  end(result: 'interrupted' | 'unread'): void {
    for (const file of this.#open) file.end(result)
  }

  /** Old receivers complain more than once of one file; none accepts what was not sent. */
  #answered(failure: string | undefined): void {
    const answered = this.#unanswered.shift()
    if (answered === undefined && failure === undefined) throw new NotFollowed('scp accepts what was not sent')
    answered?.(failure)
  }

  #entered(directory: ScpPath, failure: string | undefined): void {
    if (failure !== undefined) {
      if (this.#unanswered.length > 0) throw new NotFollowed('scp sent a directory that was refused')
      this.#leaveDirectory()
    }
    // A download makes directories on the administrator's machine, which is no matter of the target.
    if (this.#command.direction === 'download') return
    const note = failure ?? noteOf(directory)
    this.#ledger.add({ operation: 'mkdir', path: directory.path, note }, failure === undefined ? 'ok' : 'failed')
  }

  #leaveDirectory(): void {
    const left = this.#paths.leave()
    if (left !== undefined) this.#ledger.letGo(costOf(left))
  }

  #end(file: CopiedFile, failure: string | undefined): void {
    this.#open.delete(file)
    file.end(failure === undefined ? 'ok' : 'failed', failure)
  }

  #expect(answered: Answered): void {
    if (this.#unanswered.length >= UNANSWERED_MAX) throw new NotFollowed('too much of scp without an answer')
    this.#unanswered.push(answered)
  }
}

function costOf({ path, instead }: ScpPath): number {
  return DIRECTORY_COST + path.length + (instead?.length ?? 0)
}

function noteOf({ instead }: ScpPath): string | undefined {
  return instead && `or ${instead.toString()}, where the target of the copy was a directory`
}

/** One file whose length was announced. */
class CopiedFile {
  readonly #transfer: OpenTransfer
  readonly #size: number

  constructor(transfer: OpenTransfer, size: number) {
    this.#transfer = transfer
    this.#size = size
  }

  take(slice: Buffer): void {
    this.#transfer.take(this.#transfer.content.end, slice)
  }

  end(result: FileResult, note?: string): void {
    // The source pads what it could not read: what passed then is not the file.
    this.#transfer.end(result, {
      note,
      hasEnd: result !== 'failed' && result !== 'unread' && this.#transfer.content.end === this.#size,
    })
  }
}
