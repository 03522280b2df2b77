import { promisify } from 'node:util'
import { deflateRaw } from 'node:zlib'
import { decodeChannelRequest } from './channel-request.ts'
import type { ForwardOpening, RecordedEvent } from './event.ts'
import { decodeFileStatement } from './files/file-statement.ts'
import { encodeEvents } from './frame.ts'
import type { JournalRecord } from './journal-record.ts'
import { createKeystrokeCollector } from './keystrokes.ts'
import { SecretMask } from './masking/secret-mask.ts'
import type { ChannelChange, ChannelProgress, FileChange, Frame, KeystrokeRun } from './record-store.ts'

const deflate = promisify(deflateRaw)

/** A frame is closed at this many bytes of data. */
const FRAME_BYTES = 64 * 1024
/** Level 1: within a fifth of level 6, at a third of its time on frames of this size (research/storage.md B.1). */
const DEFLATE_LEVEL = 1

/** What one channel adds to a batch. */
export interface ArchivedPart {
  readonly frames: readonly Frame[]
  readonly runs: readonly KeystrokeRun[]
  readonly files: readonly FileChange[]
  readonly change: ChannelChange
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Turns the records of one channel into rows: frames, runs of keystrokes and what the channel's own row says. */
export class ChannelArchive {
  readonly #sessionId: string
  readonly #channel: number
  readonly #stored: ChannelProgress | undefined
  readonly #keys: ReturnType<typeof createKeystrokeCollector>
  #frames: RecordedEvent[][] = []
  #events: RecordedEvent[] = []
  #eventBytes = 0
  #interactive = false
  #files = new Map<number, FileChange>()
  /** Of a terminal: nobody types secrets elsewhere. */
  #mask: SecretMask | undefined
  #change: Mutable<ChannelChange>
  closed = false

  /** `stored`: what an earlier process has stored of this channel already; those events are passed over. */
  constructor(sessionId: string, channel: number, stored: ChannelProgress | undefined) {
    this.#sessionId = sessionId
    this.#channel = channel
    this.#stored = stored
    this.#keys = createKeystrokeCollector(sessionId, channel, stored?.keystrokes ?? 0)
    this.#change = this.#noChange()
  }

  /** Whether something waits to be stored. */
  get pending(): boolean {
    return this.#events.length > 0 || this.#frames.length > 0
  }

  /** Whether something of what was added waits to be known as a secret or not; `take` gives it later. */
  get holds(): boolean {
    return this.#mask?.holds === true
  }

  async add(record: JournalRecord): Promise<void> {
    const { seq, atUs, kind, data } = record
    if (kind === 'sessionClosed' || kind === 'key') return
    if (kind === 'request') this.#takeRequest(data)
    if (this.#mask === undefined) return this.#keep({ seq, atUs, kind: kind === 'typed' ? 'input' : kind, data })
    for (const event of await this.#mask.take({ seq, atUs, kind, data })) this.#keep(event)
    if (kind === 'close') this.settle()
  }

  /** Nothing more comes for now: decides what waits. */
  settle(): void {
    for (const event of this.#mask?.settle() ?? []) this.#keep(event)
  }

  #keep(event: RecordedEvent): void {
    if (event.seq <= (this.#stored?.archivedSeq ?? -1)) return
    this.#events.push(event)
    this.#eventBytes += event.data.length
    this.#change.archivedSeq = event.seq
    this.#change.lastUs = event.atUs
    this.#count(event)
    if (this.#eventBytes >= FRAME_BYTES) this.#endFrame()
  }

  /** Everything added so far, as rows; nothing is pending afterwards. */
  async take(): Promise<ArchivedPart> {
    if (this.#events.length > 0) this.#endFrame()
    const [frames, files, change] = [this.#frames, this.#files, this.#change]
    this.#frames = []
    this.#files = new Map()
    this.#change = this.#noChange()
    const runs = this.#keys.take()
    change.keystrokes = runs.reduce((sum, run) => sum + run.lengths.length, 0)
    const rows = await Promise.all(frames.map((events) => this.#frame(events)))
    return { frames: rows, runs, files: [...files.values()], change }
  }

  #count(event: RecordedEvent): void {
    const change = this.#change
    const length = event.data.length
    if (event.kind === 'open') change.openedUs = event.atUs
    else if (event.kind === 'input' || event.kind === 'maskedInput') {
      change.bytesIn += length
      if (this.#interactive) this.#keys.input(event.atUs, event.data)
    } else if (event.kind === 'output') change.bytesOut += length
    else if (event.kind === 'stderr') change.bytesErr += length
    else if (event.kind === 'counted') this.#countUnstored(event.data)
    else if (event.kind === 'file') this.#takeFile(event)
    else if (event.kind === 'forward') this.#takeForward(event.data)
    else if (event.kind === 'targetRequest') this.#takeTargetRequest(event.data)
    else if (event.kind === 'close') {
      this.#keys.flush()
      change.closedUs = event.atUs
      this.closed = true
    }
  }

  /** Keystrokes are what is typed at a terminal or a shell; what is piped into a command is data. */
  #takeRequest(payload: Buffer): void {
    const request = decodeChannelRequest(payload)
    const change = this.#change
    if (request.type === 'pty-req') {
      this.#interactive = true
      this.#mask ??= new SecretMask()
      change.terminal = { type: request.terminal, columns: request.columns, rows: request.rows }
    } else if (request.type === 'shell') {
      this.#interactive = true
      change.kind = 'shell'
    } else if (request.type === 'exec') {
      change.kind = 'exec'
      change.command = request.command
    } else if (request.type === 'subsystem') {
      change.kind = 'subsystem'
      change.command = request.name
    }
  }

  #takeForward(payload: Buffer): void {
    const { kind, place } = JSON.parse(payload.toString()) as ForwardOpening
    this.#change.kind = kind
    this.#change.command = Buffer.from(place)
  }

  #takeTargetRequest(payload: Buffer): void {
    const request = decodeChannelRequest(payload)
    if (request.type === 'exit-status') this.#change.exitStatus = request.status
    if (request.type === 'exit-signal') this.#change.exitSignal = request.signal
  }

  #takeFile({ atUs, data }: RecordedEvent): void {
    const statement = decodeFileStatement(data)
    this.#files.set(statement.number, {
      ...statement,
      sessionId: this.#sessionId,
      channel: this.#channel,
      atUs: this.#files.get(statement.number)?.atUs ?? atUs,
      endedUs: statement.result === undefined ? undefined : atUs,
    })
  }

  #countUnstored(payload: Buffer): void {
    const { stream, bytes } = JSON.parse(payload.toString()) as { stream: string; bytes: number }
    if (stream === 'input') this.#change.bytesIn += bytes
    else if (stream === 'output') this.#change.bytesOut += bytes
    else this.#change.bytesErr += bytes
  }

  #endFrame(): void {
    this.#frames.push(this.#events)
    this.#events = []
    this.#eventBytes = 0
  }

  async #frame(events: readonly RecordedEvent[]): Promise<Frame> {
    const raw = encodeEvents(events)
    return {
      sessionId: this.#sessionId,
      channel: this.#channel,
      seq: events[0]?.seq ?? 0,
      events: events.length,
      fromUs: events[0]?.atUs ?? 0,
      toUs: events.at(-1)?.atUs ?? 0,
      rawLength: raw.length,
      data: await deflate(raw, { level: DEFLATE_LEVEL }),
    }
  }

  #noChange(): Mutable<ChannelChange> {
    return {
      sessionId: this.#sessionId,
      channel: this.#channel,
      archivedSeq: -1,
      lastUs: 0,
      keystrokes: 0,
      bytesIn: 0,
      bytesOut: 0,
      bytesErr: 0,
    }
  }
}
