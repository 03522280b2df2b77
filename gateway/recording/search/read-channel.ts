import { decodeChannelRequest } from '../channel-request.ts'
import { CommandFinder } from '../commands/command-finder.ts'
import { commandText, type FoundCommand } from '../commands/found-command.ts'
import type { RecordedEvent } from '../event.ts'
import { transferCommand } from '../files/transfer-command.ts'
import { createPacer } from '../pacer.ts'
import { createScreen, type Screen } from '../screen.ts'
import type { TerminalEvent } from '../terminal-event.ts'
import { terminalEvents } from '../terminal-events.ts'
import { DEFAULT_TERMINAL_SIZE } from '../terminal-size.ts'
import { Burst } from './burst.ts'
import { ShownLines } from './shown-lines.ts'
import { type TextChunk, TextChunks } from './text-chunk.ts'
import { TypedText } from './typed-text.ts'

/** What a recording gives to the lists and to search. */
export interface Findings {
  readonly commands: readonly FoundCommand[]
  readonly chunks: readonly TextChunk[]
}

/** Rows above the screen that are kept: a pasted script is read whole when it is sent. */
const SCROLLBACK = 100
/** A command line that runs more than one program: what those say is no file. */
const SEVERAL = /[;&|`$\n]/
/** A batch of findings is given when it has so many. */
const BATCH = 200

/**
 * Reads the recording of one channel once, from its beginning, and gives what it finds in batches. In small steps
 * between which the event loop runs; memory is bounded, however long the recording is.
 */
export async function* readChannel(recording: AsyncIterable<RecordedEvent>): AsyncGenerator<Findings> {
  const reader = new ChannelReader()
  try {
    const pace = createPacer()
    for await (const event of terminalEvents(reader.watching(recording))) {
      await reader.take(event)
      await pace()
      if (reader.found >= BATCH) yield reader.harvest()
    }
    await reader.finish()
    yield reader.harvest()
  } finally {
    reader.dispose()
  }
}

class ChannelReader {
  readonly #screen: Screen = createScreen(DEFAULT_TERMINAL_SIZE.columns, DEFAULT_TERMINAL_SIZE.rows, SCROLLBACK)
  readonly #output = new TextChunks('output')
  readonly #keys = new TextChunks('keys')
  readonly #typed = new TypedText((atUs, text) => this.#keys.add(atUs, text))
  readonly #shown = new ShownLines(this.#screen.terminal, (atUs, text) => this.#output.add(atUs, text))
  readonly #finder = new CommandFinder(this.#screen.terminal, 1)
  readonly #burst = new Burst()
  #lastUs = 0
  #isTerminal = false
  /** Bytes of a file protocol, or of what a program fed to another: nothing that anybody read. */
  #isData = false
  #exec: { atUs: number; text: string; status: number | undefined; endedUs: number | undefined } | undefined
  #commands: FoundCommand[] = []
  #chunks: TextChunk[] = []

  get found(): number {
    return this.#commands.length + this.#chunks.length
  }

  /** Passes the events on, and sees what only they say. */
  async *watching(recording: AsyncIterable<RecordedEvent>): AsyncGenerator<RecordedEvent> {
    for await (const event of recording) {
      if (event.kind === 'request' || event.kind === 'targetRequest') this.#takeRequest(event)
      else if (event.kind === 'close' && this.#exec !== undefined) this.#exec.endedUs ??= event.atUs
      else if (event.kind === 'forward') this.#isData = true
      yield event
    }
  }

  async take(event: TerminalEvent): Promise<void> {
    if (this.#isData) return
    this.#lastUs = event.atUs
    if (event.code === 'o') {
      // Without a terminal it may be anything: with NUL it is no text.
      const text = this.#isTerminal || !event.text.includes('\0') ? this.#burst.pass(event.text) : ''
      if (text !== '') await this.#show(event.atUs, text)
    } else {
      await this.#endBurst(event.atUs)
      if (event.code === 'r') this.#screen.resize(event.columns, event.rows)
      else if (event.code === 'i' && event.keystroke !== undefined) {
        this.#typed.press(event.atUs, event.keystroke)
        this.#finder.press(event.atUs, event.keystroke.toString())
      }
    }
    this.#gather()
  }

  async finish(): Promise<void> {
    await this.#endBurst(this.#lastUs)
    this.#shown.finish()
    this.#typed.finish()
    this.#finder.finish()
    this.#output.finish()
    this.#keys.finish()
    this.#gather()
    if (this.#exec !== undefined) {
      const { atUs, text, status, endedUs } = this.#exec
      const ended = { endedUs, exitStatus: status, directory: undefined }
      this.#commands.unshift({ number: 0, atUs, text: commandText(text), source: 'exec', ...ended })
    }
  }

  /** What was found since the last call. */
  harvest(): Findings {
    const found = { commands: this.#commands, chunks: this.#chunks }
    this.#commands = []
    this.#chunks = []
    return found
  }

  dispose(): void {
    this.#screen.dispose()
  }

  async #show(atUs: number, text: string): Promise<void> {
    this.#shown.showing(atUs)
    this.#finder.showing(atUs)
    await this.#screen.write(text)
  }

  async #endBurst(atUs: number): Promise<void> {
    const { text, cut } = this.#burst.end()
    if (text === '') return
    if (cut > 0)
      this.#output.add(atUs, `… ${cut} characters without a pause: only their beginning and end are searched`)
    await this.#show(this.#lastUs, text)
  }

  #gather(): void {
    this.#commands.push(...this.#finder.take())
    this.#chunks.push(...this.#output.take(), ...this.#keys.take())
  }

  #takeRequest({ kind, atUs, data }: RecordedEvent): void {
    const request = decodeChannelRequest(data)
    if (kind === 'targetRequest') {
      if (this.#exec === undefined || !request.type.startsWith('exit-')) return
      this.#exec.endedUs ??= atUs
      if (request.type === 'exit-status') this.#exec.status = request.status
    } else if (request.type === 'pty-req') this.#isTerminal = true
    else if (request.type === 'subsystem') this.#isData = true
    else if (request.type === 'exec') {
      this.#exec = { atUs, text: request.command.toString(), status: undefined, endedUs: undefined }
      const isTransfer = transferCommand(request) !== undefined && !SEVERAL.test(request.command.toString())
      this.#isData = !this.#isTerminal && isTransfer
    }
  }
}
