import { createHash, type Hash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { decodeChannelRequest } from './channel-request.ts'
import { ContentBudget } from './content-budget.ts'
import type { CountedBytes, EventKind } from './event.ts'
import { encodeFileStatement } from './files/file-statement.ts'
import { FileWatch } from './files/file-watch.ts'
import type { Journal } from './journal.ts'

type Stream = CountedBytes['stream']

/** Records one session: hands out recorders for its channels and closes the record. */
export class SessionRecorder {
  readonly #journal: Journal
  readonly #clock: Clock
  readonly #startUs: number
  readonly sessionId: string
  readonly startedAt: Date
  /** Whether what is typed in secret at a terminal is masked: a policy, which may change at any time. */
  masksSecrets = true
  #channels = 0
  #lastUs = 0

  /** The session starts now. */
  constructor(journal: Journal, clock: Clock, sessionId: string) {
    this.#journal = journal
    this.#clock = clock
    this.#startUs = clock.monotonicUs()
    this.sessionId = sessionId
    this.startedAt = clock.now()
  }

  /** A recorder for the next channel; its opening is its first event. */
  channel(): ChannelRecorder {
    const stamp: Stamp = {
      nowUs: () => this.#nowUs(),
      on: (record) => ({ ...record, sessionId: this.sessionId, atUs: this.#nowUs() }),
    }
    return new ChannelRecorder(this.#journal, this.#channels++, stamp, () => this.masksSecrets)
  }

  /** Runs `forward` after everything recorded before, on any channel of the gateway. */
  after(forward: () => void): void {
    this.#journal.after(forward)
  }

  /** The last record of the session. Its length is the time of its last event, not of this call. */
  close(reason: string): void {
    const data = Buffer.from(JSON.stringify({ endedAt: this.#clock.now().toISOString(), reason }))
    const sessionId = this.sessionId
    this.#journal.append({ sessionId, kind: 'sessionClosed', channel: 0, seq: 0, atUs: this.#lastUs, data }, () => {})
  }

  #nowUs(): number {
    this.#lastUs = this.#clock.monotonicUs() - this.#startUs
    return this.#lastUs
  }
}

interface Stamp {
  /** Microseconds of the session. */
  nowUs(): number
  on(record: {
    channel: number
    seq: number
    kind: EventKind | 'typed'
    data: Buffer
  }): Parameters<Journal['append']>[0]
}

/** Records one channel. Each call journals first and runs `forward` when that is done, in order. */
export class ChannelRecorder {
  readonly #journal: Journal
  readonly #stamp: Stamp
  readonly #masksInput: () => boolean
  readonly number: number
  readonly #files = new FileWatch((statement) => this.event('file', encodeFileStatement(statement), () => {}))
  readonly #counted = new Map<Stream, { readonly hash: Hash; bytes: number }>()
  readonly #budget = new ContentBudget()
  #seq = 0
  #countsOnly = false
  #terminal = false

  constructor(journal: Journal, number: number, stamp: Stamp, masksSecrets: () => boolean) {
    this.#journal = journal
    this.#masksInput = () => this.#terminal && masksSecrets()
    this.#stamp = stamp
    this.number = number
    this.event('open', Buffer.alloc(0), () => {})
  }

  /** Whether bulk must slow down, because the record cannot follow. */
  get pressed(): boolean {
    return this.#journal.pressed
  }

  /** From now on no content is stored: bytes are counted and hashed. */
  countsOnly(): void {
    this.#countsOnly = true
  }

  /** From now on everything is stored whole, but for secrets that are typed. */
  hasTerminal(): void {
    this.#terminal = true
  }

  event(kind: EventKind, data: Buffer, forward: () => void): void {
    this.#event(kind, data, forward)
  }

  #event(kind: EventKind | 'typed', data: Buffer, forward: () => void): void {
    this.#journal.append(this.#stamp.on({ channel: this.number, seq: this.#seq++, kind, data }), forward)
  }

  /** What the administrator asks of the target, as `encodeChannelRequest` makes it. Answers with its number. */
  request(payload: Buffer, forward: () => void): number {
    const number = this.#seq
    this.event('request', payload, forward)
    this.#files.asked(number, payload)
    return number
  }

  /** The target refused the request of this number. */
  refused(number: number): void {
    this.#files.refused(number)
  }

  /** What the target says of its program: payload as above. */
  targetRequest(payload: Buffer, forward: () => void): void {
    this.event('targetRequest', payload, forward)
    const request = decodeChannelRequest(payload)
    if (request.type === 'exit-status') this.#files.exited(request.status)
  }

  /** Bytes that pass; stored while `ContentBudget` has room. Files among them are told of before `forward`. */
  bytes(stream: Stream, data: Buffer, forward: () => void): void {
    if (stream === 'stderr' || !this.#files.listens) return this.#store(stream, data, forward)
    this.#store(stream, data, () => {
      forward()
      this.#files.settle()
    })
    this.#files.hear(stream, data)
  }

  #store(stream: Stream, data: Buffer, forward: () => void): void {
    if (this.#terminal || (!this.#countsOnly && this.#budget.take(stream, data.length, this.#stamp.nowUs()))) {
      return this.#event(stream === 'input' && this.#masksInput() ? 'typed' : stream, data, forward)
    }
    const counted = this.#counted.get(stream) ?? { hash: createHash('sha256'), bytes: 0 }
    this.#counted.set(stream, counted)
    counted.hash.update(data)
    counted.bytes += data.length
    this.event('counted', countedPayload({ stream, bytes: data.length }), forward)
  }

  /** Runs `forward` after everything recorded before; nothing is recorded. */
  after(forward: () => void): void {
    this.#journal.after(forward)
  }

  close(forward: () => void): void {
    this.#files.end()
    for (const [stream, { hash }] of this.#counted) {
      this.event('counted', countedPayload({ stream, bytes: 0, sha256: hash.digest('hex') }), () => {})
    }
    this.event('close', Buffer.alloc(0), forward)
  }
}

function countedPayload(counted: CountedBytes): Buffer {
  return Buffer.from(JSON.stringify(counted))
}
