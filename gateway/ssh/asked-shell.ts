import { DEFAULT_TERMINAL_SIZE, terminalSize } from '../recording/terminal-size.ts'
import { string, uint32, wireMessage, WireReader } from '../transport/wire.ts'
import { judgeRequest, type NamedPurpose } from './channel-requests.ts'
import type { MenuTerminal } from './menu/menu-layout.ts'

/** Fields of a request as RFC 4254 §6 writes them, behind want-reply. */
export interface AskedRequest {
  readonly type: string
  readonly fields: Buffer
}

interface AskedTerminal {
  readonly type: string
  /** Columns, rows and pixels, as they came last. */
  size: Buffer
  readonly modes: Buffer
}

/** Of variables and of what is lent to the target, kept until it hears them; ssh sends a handful. */
const KEPT_BYTES_MAX = 64 * 1024
const SIZE_BYTES = 16
const SHELL: AskedRequest = { type: 'shell', fields: Buffer.alloc(0) }

/** RFC 4254 §8: an opcode and a uint32, up to 160; RFC 8160 has 42 for a terminal that speaks UTF-8. */
const MODES_END = 160
const MODE_BYTES = 5
const IUTF8 = 42

/** Terminals that cannot show a second screen and go back to the first (terminfo: smcup is missing or does nothing). */
const NO_SECOND_SCREEN = /^(|dumb|unknown|network|dialup|emacs|linux|ansi|pcansi|cons25|sun|vt\d+)([-.].*)?$/

/** What an administrator's channel asked before there was a target to hear it. */
export class AskedShell {
  #terminal: AskedTerminal | undefined
  readonly #environment: Buffer[] = []
  /** Agent and display, which a target may use by policy. */
  readonly #lent: AskedRequest[] = []
  #keptBytes = 0
  /** What `SetEnv` says of the task and the reason, the last words of each. */
  named: NamedPurpose = {}
  /** What starts the program, where it was asked for already. */
  start: AskedRequest | undefined

  /** Takes a request of the channel; false where it is refused. Throws `WireError`. */
  hear(type: string, fields: Buffer): boolean {
    if (type === 'pty-req') return this.#takeTerminal(new WireReader(fields))
    if (type === 'window-change') return this.#takeSize(fields)
    if (type === 'env') return this.#takeEnvironment(fields)
    return this.#takeLent(type, fields)
  }

  get hasTerminal(): boolean {
    return this.#terminal !== undefined
  }

  /** Whether the menu can have the whole screen and give it back. */
  get hasSecondScreen(): boolean {
    return this.#terminal !== undefined && !NO_SECOND_SCREEN.test(this.#terminal.type)
  }

  /** Of the terminal as it is now, or of the usual one where none was asked for. */
  get terminal(): MenuTerminal {
    const { size } = this.#terminal ?? {}
    const told = size === undefined ? DEFAULT_TERMINAL_SIZE : terminalSize(size.readUInt32BE(0), size.readUInt32BE(4))
    return { ...told, utf8: this.#speaksUtf8() }
  }

  /** What a target is to hear, in order, `start` last: the terminal has the size of now. */
  requests(start: AskedRequest = SHELL): readonly AskedRequest[] {
    const environment = this.#environment.map((fields) => ({ type: 'env', fields }))
    return [...this.#lent, ...this.#terminalRequest(), ...environment, start]
  }

  #terminalRequest(): readonly AskedRequest[] {
    if (this.#terminal === undefined) return []
    const { type, size, modes } = this.#terminal
    return [{ type: 'pty-req', fields: wireMessage(string(type), size, string(modes)) }]
  }

  #takeTerminal(reader: WireReader): boolean {
    const type = reader.text()
    const size = wireMessage(...Array.from({ length: 4 }, () => uint32(reader.uint32())))
    const modes = Buffer.from(reader.string())
    if (this.#terminal !== undefined) return false
    this.#terminal = { type, size, modes }
    return true
  }

  #takeSize(fields: Buffer): boolean {
    if (this.#terminal === undefined || fields.length < SIZE_BYTES) return false
    this.#terminal.size = Buffer.from(fields.subarray(0, SIZE_BYTES))
    return true
  }

  #takeEnvironment(fields: Buffer): boolean {
    const judged = judgeRequest('env', fields)
    if (judged.fate === 'name') this.named = { ...this.named, ...judged.named }
    if (judged.fate !== 'forward') return judged.fate === 'name'
    return this.#keep(() => this.#environment.push(Buffer.from(fields)), fields)
  }

  #takeLent(type: string, fields: Buffer): boolean {
    if (judgeRequest(type, fields).fate !== 'lend' || this.#lent.some((each) => each.type === type)) return false
    return this.#keep(() => this.#lent.push({ type, fields: Buffer.from(fields) }), fields)
  }

  #keep(keep: () => void, fields: Buffer): boolean {
    this.#keptBytes += fields.length
    if (this.#keptBytes > KEPT_BYTES_MAX) return false
    keep()
    return true
  }

  /** The locale decides, as it does for programs (locale(7)); where ssh was not told to send it, the terminal's own mode. */
  #speaksUtf8(): boolean {
    const readers = this.#environment.map((fields) => new WireReader(fields))
    const named = new Map(readers.map((reader) => [reader.text(), reader.text()]))
    const locale = ['LC_ALL', 'LC_CTYPE', 'LANG'].map((name) => named.get(name) ?? '').find((value) => value !== '')
    if (locale !== undefined) return /utf-?8/i.test(locale)
    const { modes } = this.#terminal ?? {}
    for (let at = 0; modes !== undefined && at + MODE_BYTES <= modes.length; at += MODE_BYTES) {
      const opcode = modes[at] ?? 0
      if (opcode === 0 || opcode >= MODES_END) return false
      if (opcode === IUTF8) return modes.readUInt32BE(at + 1) !== 0
    }
    return false
  }
}
