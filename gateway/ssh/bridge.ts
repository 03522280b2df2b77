import { encodeChannelRequest } from '../recording/channel-request.ts'
import type { EventKind } from '../recording/event.ts'
import type { ChannelRecorder } from '../recording/recorder.ts'
import type { ChannelPresence } from '../session/idle-watch.ts'
import { WINDOW_MAX, type ChannelEnd, type ChannelTalk } from '../transport/channel-end.ts'
import { STDERR } from '../transport/message.ts'
import { uint32, WireError } from '../transport/wire.ts'
import { recordedFields, type RequestFate } from './channel-requests.ts'
import { HeldWords } from './held-words.ts'
import { WindowCredit } from './window-credit.ts'

/** ssh's own status when it is not the command's (ssh(1), EXIT STATUS). */
const EXIT_BY_GATEWAY = 255
/** Requests that wait for an answer; a peer that never reads them is cut off. */
const UNANSWERED_MAX = 1000

/**
 * Bytes of requests passed on while the other end takes nothing; windows bound data, this bounds
 * requests. A command line of 200 KB is honest, and so are thousands of window changes.
 */
const REQUEST_BYTES_MAX = 1024 * 1024
/** What a request costs beside its fields. */
const REQUEST_COST = 64

/** Requests that start a program (RFC 4254 §6.5). */
export const STARTS: ReadonlySet<string> = new Set(['shell', 'exec', 'subsystem'])

const NOTHING = Buffer.alloc(0)

export interface BridgeParts {
  readonly recorder: ChannelRecorder
  readonly presence: ChannelPresence
  /** Judges what the administrator asks for; carries out what is for the gateway. Throws `WireError`. */
  judge(type: string, fields: Buffer): RequestFate
  /** Passing something on threw: a fault of ours, which must end this session and no other. */
  failed(error: unknown): void
  /** Both ends are closed and the recording too. */
  closed(): void
}

/**
 * The way of a byte: joins the administrator's end of a channel with the target's, records what
 * either says, and passes it on only when it is on record. Order is kept in each direction; windows
 * are relayed, so nothing is held here but what is on its way through the journal.
 */
export class Bridge {
  readonly #parts: BridgeParts
  /** Answers not sent yet; the number of a request stands for the one that the target will give. */
  readonly #unanswered: (number | boolean)[] = []
  #ends:
    | {
        readonly staff: ChannelEnd
        readonly target: ChannelEnd
        readonly up: WindowCredit
        readonly down: WindowCredit
      }
    | undefined
  readonly #asked = { staff: 0, target: 0 }
  readonly #words = new HeldWords()
  #terminal = false
  #runs = false
  /**
   * The request that asked for the program, as long as the target has not refused it: no other one may follow
   * (RFC 4254 §6.5), else a harmless command that the target refuses would stand on record for the one that runs.
   */
  #start: number | undefined
  #over = false

  constructor(parts: BridgeParts) {
    this.#parts = parts
  }

  /** What one side may send, when the other takes this much. */
  windowFor(otherTakes: number): number {
    return Math.min(otherTakes, WINDOW_MAX)
  }

  /** Whether a program was asked for: no terminal can come any more. */
  get runs(): boolean {
    return this.#runs
  }

  /** Call once, in the same turn in which the target's end opened. */
  connect(staff: ChannelEnd, target: ChannelEnd): void {
    const { recorder } = this.#parts
    const [up, down] = [new WindowCredit(staff, target, recorder), new WindowCredit(target, staff, recorder)]
    this.#ends = { staff, target, up, down }
  }

  /** Hears the administrator. */
  readonly fromStaff: ChannelTalk = {
    data: (bytes) => this.#words.say(bytes, 0, (own) => this.#up('input', own)),
    // RFC 4254 §5.2 knows extended data from the server only.
    extendedData: () => {},
    adjustWindow: () => this.#ends?.down.grant(),
    eof: () => this.#words.say(NOTHING, 0, () => this.#record('inputEnd', NOTHING, () => this.#ends?.target.eof())),
    close: () => {
      this.#words.drop()
      this.#after(() => this.#staffLeft())
    },
    request: (type, wantReply, fields) =>
      this.#words.say(fields, fields.length + REQUEST_COST, (own) => this.#staffAsks(type, wantReply, own)),
    reply: () => {},
  }

  /** Hears the target. */
  readonly fromTarget: ChannelTalk = {
    data: (bytes) => this.#down('output', bytes, (staff) => staff.data(bytes)),
    extendedData: (code, bytes) => this.#down('stderr', bytes, (staff) => staff.extendedData(code, bytes)),
    adjustWindow: () => this.#ends?.up.grant(),
    eof: () => this.#record('outputEnd', NOTHING, () => this.#ends?.staff.eof()),
    close: () => this.#after(() => this.#finish()),
    request: (type, wantReply, fields) => this.#targetAsks(type, wantReply, fields),
    reply: (success) => this.#after(() => this.#targetReplies(success)),
  }

  /**
   * Ends the channel with a reason the administrator sees. `recorded: false` when the record itself
   * has failed, which is the one thing said without being on record.
   */
  end(reason: string, recorded = true): void {
    const text = this.#notice(reason)
    const say = () => {
      this.#ends?.staff.extendedData(STDERR, text)
      this.#ends?.staff.request('exit-status', false, uint32(EXIT_BY_GATEWAY))
      this.#ends?.staff.eof()
      this.#finish()
    }
    if (recorded) this.#record('notice', text, say)
    else say()
  }

  /** Tells the administrator something on stderr, and goes on. */
  tell(words: string): void {
    const text = this.#notice(words)
    this.#record('notice', text, () => this.#ends?.staff.extendedData(STDERR, text))
  }

  #notice(words: string): Buffer {
    const lines = words.split('\n').map((line) => `gatebook: ${line}`)
    return Buffer.from(this.#terminal ? `\r\n${lines.join('\r\n')}\r\n` : `${lines.join('\n')}\n`)
  }

  #up(stream: 'input', bytes: Buffer): void {
    const ends = this.#ends
    if (ends === undefined || this.#over) return
    this.#parts.presence.input(bytes)
    ends.up.came(bytes.length)
    const pass = () => {
      ends.target.data(bytes)
      ends.up.went(bytes.length)
    }
    this.#parts.recorder.bytes(stream, bytes, this.#guarded(pass))
  }

  #down(stream: 'output' | 'stderr', bytes: Buffer, pass: (staff: ChannelEnd) => void): void {
    const ends = this.#ends
    if (ends === undefined || this.#over) return
    this.#parts.presence.output()
    ends.down.came(bytes.length)
    const passOn = () => {
      pass(ends.staff)
      ends.down.went(bytes.length)
    }
    this.#parts.recorder.bytes(stream, bytes, this.#guarded(passOn))
  }

  #record(kind: EventKind, data: Buffer, forward: () => void): void {
    if (!this.#over) this.#parts.recorder.event(kind, data, this.#guarded(forward))
  }

  #after(forward: () => void): void {
    this.#parts.recorder.after(this.#guarded(forward))
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

  #staffAsks(type: string, wantReply: boolean, fields: Buffer): void {
    if (this.#over) return
    const isSecond = STARTS.has(type) && this.#start !== undefined
    const judged: RequestFate = isSecond ? { fate: 'refuse' } : this.#parts.judge(type, fields)
    const { fate } = judged
    if (fate === 'forward') this.#bound('staff', this.#ends?.target, fields)
    if (wantReply && this.#unanswered.length >= UNANSWERED_MAX) throw new WireError('too many unanswered requests')
    if (fate !== 'forward') {
      if (wantReply) this.#answer(fate !== 'refuse')
      if (fate === 'end') this.end(judged.why)
      return
    }
    if (judged.after === undefined) return this.#passRequest(type, wantReply, fields)
    this.#words.hold()
    const own = Buffer.from(fields)
    const settled = (refused: string | undefined): void => {
      if (this.#over) return
      if (refused === undefined) {
        this.#passRequest(type, wantReply, own)
        return this.#words.release()
      }
      if (wantReply) this.#answer(true)
      this.end(refused)
    }
    void judged.after.then((refused) => this.#guarded(() => settled(refused))())
  }

  #passRequest(type: string, wantReply: boolean, fields: Buffer): void {
    if (STARTS.has(type)) this.#runs = true
    if (type === 'pty-req') {
      this.#terminal = true
      this.#parts.recorder.hasTerminal()
      this.#parts.presence.hasTerminal()
    }
    const payload = encodeChannelRequest(type, recordedFields(type, fields))
    const forward = this.#guarded(() => this.#ends?.target.request(type, wantReply, fields))
    const number = this.#parts.recorder.request(payload, forward)
    if (STARTS.has(type)) this.#start = number
    if (wantReply) this.#unanswered.push(number)
  }

  /** Replies go out in the order of the requests (RFC 4254 §5.4), whoever answers. */
  #answer(success: boolean): void {
    this.#unanswered.push(success)
    this.#sendAnswers()
  }

  #targetReplies(success: boolean): void {
    const [answered] = this.#unanswered
    if (typeof answered !== 'number') return
    if (!success) this.#parts.recorder.refused(answered)
    if (!success && answered === this.#start) this.#start = undefined
    this.#unanswered[0] = success
    this.#sendAnswers()
  }

  #sendAnswers(): void {
    for (let next = this.#unanswered[0]; typeof next === 'boolean'; next = this.#unanswered[0]) {
      this.#unanswered.shift()
      this.#ends?.staff.reply(next)
    }
  }

  #targetAsks(type: string, wantReply: boolean, fields: Buffer): void {
    if (this.#over) return
    this.#bound('target', this.#ends?.staff, fields)
    // Nothing a target may ask of an administrator's ssh wants an answer but sshd's own keepalive.
    if (wantReply) this.#ends?.target.reply(false)
    const payload = encodeChannelRequest(type, fields)
    const forward = this.#guarded(() => this.#ends?.staff.request(type, false, fields))
    this.#parts.recorder.targetRequest(payload, forward)
  }

  #bound(by: 'staff' | 'target', other: ChannelEnd | undefined, fields: Buffer): void {
    if (other === undefined || other.backlog === 0) this.#asked[by] = 0
    this.#asked[by] += fields.length + REQUEST_COST
    if (this.#asked[by] > REQUEST_BYTES_MAX) throw new WireError('too many requests that the other end does not take')
  }

  /** The administrator's connection is gone: there is nobody to wait for. */
  lost(): void {
    this.#after(() => this.#finish())
  }

  /**
   * OpenSSH closes as soon as it has sent and heard an EOF, and still waits for the exit status: the
   * administrator's end closes with the target's.
   */
  #staffLeft(): void {
    if (this.#ends === undefined) this.#finish()
    else if (!this.#over) this.#ends.target.close()
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
