import type { ChannelEnd, ChannelTalk } from '../transport/channel-end.ts'
import type { ChannelOffer } from '../transport/channels.ts'
import { STDERR } from '../transport/message.ts'
import { uint32, WireReader } from '../transport/wire.ts'
import { AskedShell } from './asked-shell.ts'

/** What may be typed ahead of us: a screenful of keys. Everything else waits in the administrator's ssh. */
const HELD_WINDOW = 1024
/** Beyond this TCP takes nothing: what is to be shown waits, and only its last state is shown. */
const BACKLOG_MAX = 64 * 1024

/** Who speaks on a held channel: a service command, the menu, or whoever waits for a target. */
export interface ChannelHolder {
  /** Call `HeldChannel.taken` when they are dealt with. */
  typed(bytes: Buffer): void
  /** Nothing more will be typed. */
  inputEnded(): void
  /** The terminal has another size, or takes output again. */
  redraw(): void
  /** The channel or its connection is gone. */
  closed(): void
}

/** A session channel of an administrator on which the gateway itself speaks, until a target does. */
export class HeldChannel {
  readonly asked = new AskedShell()
  readonly #begin: (channel: HeldChannel, command: string) => ChannelHolder
  readonly #end: ChannelEnd
  #holder: ChannelHolder | undefined
  #given: ChannelTalk | undefined
  #inputEnded = false

  /** Accepts the offer; `begin` hears the command once, empty for a shell, and says who speaks from then on. */
  constructor(offer: ChannelOffer, begin: (channel: HeldChannel, command: string) => ChannelHolder) {
    this.#begin = begin
    const listener: ChannelTalk = {
      data: (bytes) => (this.#given ? this.#given.data(bytes) : this.#typed(bytes)),
      extendedData: (code, bytes) => this.#given?.extendedData(code, bytes),
      adjustWindow: (bytes) => (this.#given ? this.#given.adjustWindow(bytes) : this.#holder?.redraw()),
      eof: () => (this.#given ? this.#given.eof() : this.#inputEnds()),
      close: () => (this.#given ? this.#given.close() : this.#closed()),
      request: (type, wantReply, fields) =>
        this.#given ? this.#given.request(type, wantReply, fields) : this.#request(type, wantReply, fields),
      reply: (success) => this.#given?.reply(success),
    }
    this.#end = offer.accept(listener, HELD_WINDOW)
  }

  /** Whether something written now is shown soon; `redraw` comes when it is so again. */
  get takesOutput(): boolean {
    if (this.#end.outWindow === 0) return false
    if (this.#end.backlog <= BACKLOG_MAX) return true
    this.#end.whenDrained(() => this.#holder?.redraw())
    return false
  }

  write(text: string): void {
    if (text !== '') this.#end.data(Buffer.from(text))
  }

  /** Lines of the gateway's own, without the prefix `gatebook: `. */
  complain(...lines: readonly string[]): void {
    const end = this.asked.hasTerminal ? '\r\n' : '\n'
    const text = lines.flatMap((line) => line.split('\n')).map((line) => `gatebook: ${line}${end}`)
    if (text.length > 0) this.#end.extendedData(STDERR, Buffer.from(text.join('')))
  }

  /** So many typed bytes are dealt with: as many more may come. */
  taken(bytes: number): void {
    this.#end.adjustWindow(bytes)
  }

  finish(exitStatus: number): void {
    this.#end.request('exit-status', false, uint32(exitStatus))
    this.#end.eof()
    this.#end.close()
  }

  /** Another one speaks from now on. */
  holdBy(holder: ChannelHolder): void {
    this.#holder = holder
    if (this.#inputEnded) holder.inputEnded()
  }

  /** What the channel takes at this moment. */
  get window(): number {
    return this.#end.outWindow
  }

  /** From now on the listener hears the administrator, and the caller has the channel's end. */
  giveTo(listener: ChannelTalk): ChannelEnd {
    this.#given = listener
    return this.#end
  }

  #typed(bytes: Buffer): void {
    // Before a shell or a command was asked for there is nobody to hear it.
    if (this.#holder === undefined) this.taken(bytes.length)
    else this.#holder.typed(Buffer.from(bytes))
  }

  #inputEnds(): void {
    this.#inputEnded = true
    this.#holder?.inputEnded()
  }

  #closed(): void {
    this.#end.close()
    this.#holder?.closed()
  }

  #request(type: string, wantReply: boolean, fields: Buffer): void {
    const starts = type === 'shell' || type === 'exec' || type === 'subsystem'
    const done = starts ? this.#holder === undefined : this.asked.hear(type, fields)
    if (wantReply) this.#end.reply(done)
    if (starts && done) this.asked.start = { type, fields: Buffer.from(fields) }
    if (starts && done) this.holdBy(this.#begin(this, type === 'shell' ? '' : new WireReader(fields).text()))
    else if (type === 'window-change') this.#holder?.redraw()
  }
}
