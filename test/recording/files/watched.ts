import { encodeChannelRequest } from '#gateway/recording/channel-request.ts'
import {
  decodeFileStatement,
  encodeFileStatement,
  type FileStatement,
} from '#gateway/recording/files/file-statement.ts'
import { FileWatch } from '#gateway/recording/files/file-watch.ts'

/** One entry of a list of files, paths as text; what is undefined is left out. */
export type ListedFile = Partial<Omit<FileStatement, 'path' | 'newPath'>> & { path?: string; newPath?: string }

/** A channel whose files are listed, as a recorder has it. */
export class WatchedChannel {
  readonly #statements: FileStatement[] = []
  readonly watch = new FileWatch((statement) =>
    // As they come out of the journal.
    this.#statements.push(decodeFileStatement(encodeFileStatement(statement))),
  )
  #requests = 0

  /** Channels that run a command, or a subsystem. */
  static exec(command: string | Buffer): WatchedChannel {
    return new WatchedChannel().ask('exec', command)
  }

  static sftp(): WatchedChannel {
    return new WatchedChannel().ask('subsystem', 'sftp')
  }

  ask(type: 'exec' | 'subsystem' | 'shell', value: string | Buffer = ''): this {
    const bytes = Buffer.from(value)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    const fields = type === 'shell' ? Buffer.alloc(0) : Buffer.concat([length, bytes])
    this.watch.asked(this.#requests++, encodeChannelRequest(type, fields))
    return this
  }

  /** Bytes of one direction in pieces of this size, as SSH packets cut them. */
  pass(stream: 'input' | 'output', bytes: Buffer | string, pieces = Infinity): this {
    const all = Buffer.from(bytes)
    for (let at = 0; at < all.length && this.watch.listens; at += pieces) {
      // Bytes are the gateway's until they are forwarded, and somebody else's afterwards.
      const piece = Buffer.from(all.subarray(at, at + pieces))
      this.watch.hear(stream, piece)
      this.watch.settle()
      piece.fill(0xee)
    }
    return this
  }

  up(bytes: Buffer | string, pieces?: number): this {
    return this.pass('input', bytes, pieces)
  }

  down(bytes: Buffer | string, pieces?: number): this {
    return this.pass('output', bytes, pieces)
  }

  end(): this {
    this.watch.end()
    return this
  }

  /** Every statement, also those that later ones replaced. */
  get statements(): readonly FileStatement[] {
    return this.#statements
  }

  /** The list as it stands. */
  get files(): ListedFile[] {
    const latest = new Map(this.#statements.map((statement) => [statement.number, statement]))
    return [...latest.values()].map((statement) => {
      const { path, newPath } = statement
      const words = { ...statement, number: undefined, path: path?.toString(), newPath: newPath?.toString() }
      return Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined))
    })
  }
}
