import { decodeChannelRequest } from '../channel-request.ts'
import { FileLedger } from './file-ledger.ts'
import type { FileParser } from './file-parser.ts'
import type { FileStatement } from './file-statement.ts'
import { NotFollowed } from './not-followed.ts'
import { createRsyncParser } from './rsync/rsync-parser.ts'
import { createScpParser } from './scp/scp-parser.ts'
import { createSftpParser } from './sftp/sftp-parser.ts'
import { type TransferCommand, transferCommand } from './transfer-command.ts'

/** A client may ask again after a refusal, as PuTTY does; whoever asks more often is not followed. */
const STARTS_MAX = 16
/** What every SFTP of version 3 or newer begins with: a packet of 5 bytes, INIT, and most of the version. */
const SFTP_BEGINNING = Buffer.of(0, 0, 0, 5, 1, 0, 0, 0)

/** A request that may have started what the channel runs. */
interface Start {
  readonly number: number
  /** `unknown`: a command that may turn out to be a transfer. */
  readonly command: TransferCommand | 'unknown' | undefined
}

/**
 * Writes the list of files of one channel from the bytes that pass. It never holds them up and never alters them:
 * what it cannot follow it says, as a statement `unread`, and looks away.
 */
export class FileWatch {
  readonly #ledger: FileLedger
  readonly #starts: Start[] = []
  #parser: FileParser | undefined
  #beginning = Buffer.alloc(0)
  /** Nothing is heard any more. */
  #isOver = false

  /** `say` puts a statement on record. */
  constructor(say: (statement: FileStatement) => void) {
    this.#ledger = new FileLedger(say)
  }

  /** The administrator asks something of the target: the payload of a `request` event, and its number. */
  asked(number: number, request: Buffer): void {
    if (this.#isOver || this.#starts.length >= STARTS_MAX) return
    const decoded = decodeChannelRequest(request)
    if (decoded.type !== 'shell' && decoded.type !== 'exec' && decoded.type !== 'subsystem') return
    const command = transferCommand(decoded) ?? (decoded.type === 'exec' ? 'unknown' : undefined)
    this.#starts.push({ number, command })
    if (this.#starts.length === 1) this.#begin()
  }

  /** The target refused what was asked: what it runs is the next thing it was asked for. */
  refused(number: number): void {
    const at = this.#starts.findIndex((start) => start.number === number)
    if (at === -1) return
    this.#starts.splice(at, 1)
    if (at === 0) this.#begin()
  }

  /** Whether bytes are to be heard. */
  get listens(): boolean {
    return this.#parser !== undefined || this.#starts[0]?.command === 'unknown'
  }

  /** Bytes on their way to the record; views of them are held until `settle`. Hashing waits for `settle`. */
  hear(stream: 'input' | 'output', bytes: Buffer): void {
    if (this.#parser === undefined) this.#recognise(stream, bytes)
    else this.#follow((parser) => parser.hear(stream, bytes))
  }

  /** The bytes are forwarded. */
  settle(): void {
    this.#guard(() => this.#ledger.hashing.run())
  }

  /** The target's program ended with this status. */
  exited(status: number): void {
    this.#follow((parser) => parser.exited?.(status))
  }

  /** The channel is over: what goes on is interrupted. */
  end(): void {
    this.#follow((parser) => parser.end('interrupted'))
    this.#stop()
  }

  #begin(): void {
    const command = this.#starts[0]?.command
    this.#parser = command === undefined || command === 'unknown' ? undefined : createParser(this.#ledger, command)
  }

  /** A command of any name may be an SFTP server: PuTTY asks a shell to find one, and a copy has another name. */
  #recognise(stream: 'input' | 'output', bytes: Buffer): void {
    // No server of SFTP speaks first.
    if (stream !== 'input') return this.#stop()
    this.#beginning = Buffer.concat([this.#beginning, bytes])
    const compared = Math.min(this.#beginning.length, SFTP_BEGINNING.length)
    const isSftp = this.#beginning.subarray(0, compared).equals(SFTP_BEGINNING.subarray(0, compared))
    if (isSftp && compared < SFTP_BEGINNING.length) return
    const beginning = this.#beginning
    this.#stop()
    if (!isSftp) return
    this.#parser = createParser(this.#ledger, { protocol: 'sftp' })
    this.hear('input', beginning)
  }

  #stop(): void {
    this.#isOver = true
    this.#parser = undefined
    this.#starts.length = 0
    this.#beginning = Buffer.alloc(0)
  }

  #follow(act: (parser: FileParser) => void): void {
    const parser = this.#parser
    if (parser !== undefined) this.#guard(() => act(parser))
  }

  /** The channel goes on, whatever is wrong with the list. */
  #guard(act: () => void): void {
    try {
      act()
    } catch (error) {
      const parser = this.#parser
      this.#stop()
      const note = error instanceof NotFollowed ? error.message : `gatebook failed to follow it: ${String(error)}`
      this.#ledger.add({ operation: 'unread', note }, 'unread')
      try {
        parser?.end('unread')
      } catch {
        // The list says already that it is not complete.
      }
    }
  }
}

function createParser(ledger: FileLedger, command: TransferCommand): FileParser {
  switch (command.protocol) {
    case 'sftp':
      return createSftpParser(ledger)
    case 'scp':
      return createScpParser(ledger, command)
    case 'rsync':
      return createRsyncParser(ledger, command)
  }
}
