import type { ChannelRecorder } from '../recording/recorder.ts'
import type { ChannelPresence } from '../session/idle-watch.ts'
import { WINDOW_MAX, type ChannelEnd, type ChannelTalk } from '../transport/channel-end.ts'
import { WindowCredit } from './window-credit.ts'

const NOTHING = Buffer.alloc(0)

export interface ForwardParts {
  readonly recorder: ChannelRecorder
  readonly presence: ChannelPresence
  /** What a fault of ours threw: the session must end. */
  failed(error: unknown): void
  /** Both ends are closed and the recording too. */
  closed(): void
}

/**
 * Joins the two ends of a forwarded connection, as `Bridge` does those of a session: what either says is on record,
 * as counts and a hash, before the other hears it; windows are relayed.
 */
export class Forward {
  readonly #parts: ForwardParts
  #ends: { readonly staff: ChannelEnd; readonly target: ChannelEnd } | undefined
  #over = false
  readonly fromStaff: ChannelTalk
  readonly fromTarget: ChannelTalk
  #up: WindowCredit | undefined
  #down: WindowCredit | undefined

  constructor(parts: ForwardParts) {
    this.#parts = parts
    const end = (kind: 'inputEnd' | 'outputEnd', to: 'staff' | 'target') => {
      if (!this.#over)
        parts.recorder.event(
          kind,
          NOTHING,
          this.#guarded(() => this.#ends?.[to].eof()),
        )
    }
    this.fromStaff = {
      ...this.#hears('staff'),
      data: (bytes) => {
        parts.presence.input(bytes)
        this.#pass('input', bytes)
      },
      adjustWindow: () => this.#down?.grant(),
      eof: () => end('inputEnd', 'target'),
    }
    this.fromTarget = {
      ...this.#hears('target'),
      data: (bytes) => {
        parts.presence.output()
        this.#pass('output', bytes)
      },
      adjustWindow: () => this.#up?.grant(),
      eof: () => end('outputEnd', 'staff'),
    }
  }

  get isOver(): boolean {
    return this.#over
  }

  /** What one side may send, when the other takes this much. */
  windowFor(otherTakes: number): number {
    return Math.min(otherTakes, WINDOW_MAX)
  }

  /** Call once, in the same turn in which the second end opened. */
  connect(staff: ChannelEnd, target: ChannelEnd): void {
    this.#ends = { staff, target }
    this.#up = new WindowCredit(staff, target, this.#parts.recorder)
    this.#down = new WindowCredit(target, staff, this.#parts.recorder)
  }

  /** Closes both ends; the words are for the record, for a forwarded connection has no place to show them. */
  end(words: string, recorded = true): void {
    if (this.#over) return
    if (!recorded) this.#finish()
    else
      this.#parts.recorder.event(
        'notice',
        Buffer.from(`gatebook: ${words}\n`),
        this.#guarded(() => this.#finish()),
      )
  }

  /** One of the connections is gone: there is nobody to wait for. */
  lost(): void {
    this.#parts.recorder.after(this.#guarded(() => this.#finish()))
  }

  /** RFC 4254 knows no requests and no extended data here. */
  #hears(side: 'staff' | 'target'): Pick<ChannelTalk, 'extendedData' | 'close' | 'request' | 'reply'> {
    return {
      extendedData: () => {},
      close: () => this.lost(),
      request: (_type, wantReply) => {
        if (wantReply) this.#ends?.[side].reply(false)
      },
      reply: () => {},
    }
  }

  #pass(stream: 'input' | 'output', bytes: Buffer): void {
    const [ends, credit] = [this.#ends, stream === 'input' ? this.#up : this.#down]
    if (ends === undefined || credit === undefined || this.#over) return
    credit.came(bytes.length)
    const passOn = () => {
      const other = stream === 'input' ? ends.target : ends.staff
      other.data(bytes)
      credit.went(bytes.length)
    }
    this.#parts.recorder.bytes(stream, bytes, this.#guarded(passOn))
  }

  /** Forwards of all sessions run in one loop of the journal: what one throws would end the whole gateway. */
  #guarded(forward: () => void): () => void {
    return () => {
      try {
        forward()
      } catch (error) {
        this.#parts.failed(error)
      }
    }
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#ends?.target.close()
    this.#ends?.staff.close()
    this.#parts.recorder.close(() => {})
    this.#parts.presence.closed()
    this.#parts.closed()
  }
}
