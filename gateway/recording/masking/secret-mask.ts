import { StringDecoder } from 'node:string_decoder'
import { decodeChannelRequest } from '../channel-request.ts'
import type { EventKind, RecordedEvent } from '../event.ts'
import { DEFAULT_TERMINAL_SIZE, terminalSize, type TerminalSize } from '../terminal-size.ts'
import { EchoQueue, type TypedCharacter } from './echo-queue.ts'
import { asksForSecret } from './password-prompt.ts'
import { typedParts } from './typed-part.ts'

/** As the journal has it: `typed` is input at a terminal of which nobody knows yet what is secret. */
export type TypedEvent = Omit<RecordedEvent, 'kind'> & { readonly kind: EventKind | 'typed' }

/** Stands for a character that was typed and is gone. */
const MASK = Buffer.from('•')

/** The end of what a terminal was sent, in characters: holds any prompt, and a screen that was painted around it. */
const SHOWN_MAX = 4096
/** A character that nothing has answered for this long was not echoed. */
const ECHO_US_MAX = 2_000_000
/** More than anybody types before something is shown. */
const HELD_BYTES_MAX = 256 * 1024

/** xterm's modes of the alternate screen. */
const FULL_SCREEN = [1049, 1047, 47]
/** xterm's bracketed paste: line editors switch it on while they read, and off before a program runs. */
const LINE_EDITOR = [2004]

interface Held {
  readonly event: TypedEvent
  /** Characters of it that wait for their echo. */
  undecided: number
  /** Byte ranges that are secret. */
  readonly secrets: { from: number; to: number }[]
}

/**
 * Finds what was typed in secret at one terminal and takes its bytes away: what answers a prompt for a password, and
 * what was typed while nothing came back. Events wait here until that is known, in order; `settle` ends the wait.
 */
export class SecretMask {
  readonly #decoder = new StringDecoder()
  readonly #echo = new EchoQueue()
  readonly #held: Held[] = []
  #heldBytes = 0
  #shown = ''
  #size: TerminalSize = DEFAULT_TERMINAL_SIZE
  /** A full-screen program shows what it likes: only a prompt makes a secret there. */
  #fullScreen = false
  /** A shell reads a command: one that shows nothing, as behind `stty -echo`, hides a command and no secret. */
  #lineEditor = false
  #line: 'fresh' | 'prompted' | 'echoed' | 'undecided' = 'fresh'

  /** Whether events wait. */
  get holds(): boolean {
    return this.#held.length > 0
  }

  /** The next event of the channel; gives those that are decided, each once and in order. */
  async take(event: TypedEvent): Promise<RecordedEvent[]> {
    const held: Held = { event, undecided: 0, secrets: [] }
    this.#held.push(held)
    this.#heldBytes += event.data.length
    this.#echo.expire(event.atUs - ECHO_US_MAX)
    if (event.kind === 'typed') await this.#type(held)
    else if (event.kind === 'output' || event.kind === 'stderr' || event.kind === 'notice') this.#show(event.data)
    else if (event.kind === 'request') this.#resize(event.data)
    if (this.#heldBytes > HELD_BYTES_MAX) return this.settle()
    return this.#decided()
  }

  /** Nothing more comes for now: what was not echoed is secret. */
  settle(): RecordedEvent[] {
    this.#echo.expire(Infinity)
    return this.#decided()
  }

  async #type(held: Held): Promise<void> {
    for (const { from, to, kind } of typedParts(held.event.data)) {
      if (kind === 'lineEnd') this.#endLine()
      if (kind !== 'character') continue
      if (this.#line === 'fresh') this.#line = (await this.#isPrompted()) ? 'prompted' : 'undecided'
      if (this.#line === 'prompted') held.secrets.push({ from, to })
      else if (this.#line === 'undecided' && !this.#fullScreen && !this.#lineEditor) this.#await(held, from, to)
    }
  }

  #endLine(): void {
    this.#echo.endLine()
    this.#line = 'fresh'
  }

  /** What is typed ahead answers no prompt that is shown. */
  async #isPrompted(): Promise<boolean> {
    return this.#echo.isEmpty && (await asksForSecret(this.#shown, this.#size))
  }

  #await(held: Held, from: number, to: number): void {
    held.undecided++
    const character: TypedCharacter = {
      text: held.event.data.toString('utf8', from, to),
      atUs: held.event.atUs,
      decide: (verdict) => {
        held.undecided--
        if (verdict === 'secret') held.secrets.push({ from, to })
      },
    }
    this.#echo.push(character)
  }

  #show(bytes: Buffer): void {
    const text = this.#decoder.write(bytes)
    this.#shown = (this.#shown + text).slice(-SHOWN_MAX)
    this.#fullScreen = modeAfter(text, FULL_SCREEN) ?? this.#fullScreen
    this.#lineEditor = modeAfter(text, LINE_EDITOR) ?? this.#lineEditor
    if (this.#fullScreen) this.#echo.clear()
    else if (this.#echo.show(text) && this.#line === 'undecided') this.#line = 'echoed'
  }

  #resize(payload: Buffer): void {
    const request = decodeChannelRequest(payload)
    if (request.type !== 'pty-req' && request.type !== 'window-change') return
    this.#size = terminalSize(request.columns, request.rows)
  }

  #decided(): RecordedEvent[] {
    const events: RecordedEvent[] = []
    while (this.#held[0]?.undecided === 0) {
      const { event, secrets } = this.#held.shift() as Held
      this.#heldBytes -= event.data.length
      events.push(event.kind === 'typed' ? masked(event, secrets) : { ...event, kind: event.kind })
    }
    return events
  }
}

/** Whether one of these modes is on behind the text; undefined where it does not say. */
function modeAfter(text: string, modes: readonly number[]): boolean | undefined {
  const at = Math.max(...modes.map((number) => text.lastIndexOf(`\x1b[?${number}`)))
  return at === -1 ? undefined : /^\d+h/.test(text.slice(at + 3))
}

/** The event without its secrets; they are in the order in which they were decided. */
function masked({ seq, atUs, data }: TypedEvent, secrets: Held['secrets']): RecordedEvent {
  if (secrets.length === 0) return { seq, atUs, kind: 'input', data }
  const kept: Buffer[] = []
  let at = 0
  for (const { from, to } of secrets.toSorted((one, other) => one.from - other.from)) {
    kept.push(data.subarray(at, from), MASK)
    at = to
  }
  return { seq, atUs, kind: 'maskedInput', data: Buffer.concat([...kept, data.subarray(at)]) }
}
