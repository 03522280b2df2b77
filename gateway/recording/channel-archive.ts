import { promisify } from 'node:util'
import { crc32, deflateRaw } from 'node:zlib'
import { decodeChannelRequest } from './channel-request.ts'
import { ChannelTally } from './channel-tally.ts'
import type { RecordedEvent } from './event.ts'
import { encodeEvents } from './frame.ts'
import type { JournalRecord } from './journal-record.ts'
import { SecretMask } from './masking/secret-mask.ts'
import type { ChannelChange, FileChange, Frame, KeystrokeRun, SaltRow } from './record-store.ts'
import type { ChannelChain } from './seal/channel-chain.ts'

const deflate = promisify(deflateRaw)

/** A frame is closed at this many bytes of data. */
const FRAME_BYTES = 64 * 1024
/** Level 1: within a fifth of level 6, at a third of its time on frames of this size (research/storage.md B.1). */
const DEFLATE_LEVEL = 1

/** What one channel adds to a batch. */
export interface ArchivedPart {
  readonly frames: readonly Frame[]
  readonly salts: readonly SaltRow[]
  readonly runs: readonly KeystrokeRun[]
  readonly files: readonly FileChange[]
  readonly change: ChannelChange
}

/** Events of one frame, each with its check byte. */
interface Gathered {
  readonly events: RecordedEvent[]
  readonly checks: number[]
}

/** Turns the records of one channel into rows: frames, salts, and what is made of events. Secrets go no further. */
export class ChannelArchive {
  readonly #sessionId: string
  readonly #channel: number
  readonly #chain: ChannelChain
  readonly #tally: ChannelTally
  /** Of a terminal: nobody types secrets elsewhere. */
  #mask: SecretMask | undefined
  /** The number of the next event that is not stored. */
  #next = 0
  #frames: Gathered[] = []
  #gathered: Gathered = { events: [], checks: [] }
  #gatheredBytes = 0

  /** `chain` stands where the channel is stored to. */
  constructor(sessionId: string, channel: number, chain: ChannelChain) {
    this.#sessionId = sessionId
    this.#channel = channel
    this.#chain = chain
    this.#tally = new ChannelTally(sessionId, channel)
  }

  /** Whether something waits to be stored. */
  get pending(): boolean {
    return this.#gathered.events.length > 0 || this.#frames.length > 0
  }

  /** Whether something of what was added waits to be known as a secret or not; `take` gives it later. */
  get holds(): boolean {
    return this.#mask?.holds === true
  }

  get closed(): boolean {
    return this.#tally.closed
  }

  /** What an earlier process has stored of this channel, before anything is added; keys it left unfinished go on. */
  async recall(stored: AsyncIterable<RecordedEvent>): Promise<void> {
    for await (const event of stored) {
      if (event.kind === 'request') this.#maskTerminal(event.data)
      this.#tally.take(event)
      this.#next = event.seq + 1
    }
    this.#tally.harvest()
  }

  async add(record: JournalRecord): Promise<void> {
    const { seq, atUs, kind, data } = record
    if (kind === 'sessionClosed' || kind === 'key') return
    if (kind === 'request') this.#maskTerminal(data)
    if (this.#mask === undefined) return this.#keep({ seq, atUs, kind: kind === 'typed' ? 'input' : kind, data })
    for (const event of await this.#mask.take({ seq, atUs, kind, data })) this.#keep(event)
    if (kind === 'close') this.settle()
  }

  /** Nothing more comes for now: decides what waits. */
  settle(): void {
    for (const event of this.#mask?.settle() ?? []) this.#keep(event)
  }

  /** Everything decided so far, as rows; nothing of it is pending afterwards. */
  async take(): Promise<ArchivedPart> {
    if (this.#gathered.events.length > 0) this.#endFrame()
    const frames = this.#frames
    this.#frames = []
    const { gain, runs, files } = this.#tally.harvest()
    const [sessionId, channel] = [this.#sessionId, this.#channel]
    const salts = this.#chain.takeSalts().map(({ seq, salts: bytes }) => ({ sessionId, channel, seq, salts: bytes }))
    const change = { ...gain, head: this.#chain.head }
    return { frames: await Promise.all(frames.map((each) => this.#frame(each))), salts, runs, files, change }
  }

  #maskTerminal(payload: Buffer): void {
    if (decodeChannelRequest(payload).type === 'pty-req') this.#mask ??= new SecretMask()
  }

  /** What is stored already is passed over. */
  #keep(event: RecordedEvent): void {
    if (event.seq < this.#next) return
    this.#next = event.seq + 1
    this.#gathered.events.push(event)
    this.#gathered.checks.push(this.#chain.extend(event))
    this.#gatheredBytes += event.data.length
    this.#tally.take(event)
    if (this.#gatheredBytes >= FRAME_BYTES) this.#endFrame()
  }

  #endFrame(): void {
    this.#frames.push(this.#gathered)
    this.#gathered = { events: [], checks: [] }
    this.#gatheredBytes = 0
  }

  async #frame({ events, checks }: Gathered): Promise<Frame> {
    const raw = encodeEvents(events)
    const data = await deflate(raw, { level: DEFLATE_LEVEL })
    return {
      sessionId: this.#sessionId,
      channel: this.#channel,
      seq: events[0]?.seq ?? 0,
      events: events.length,
      fromUs: events[0]?.atUs ?? 0,
      toUs: events.at(-1)?.atUs ?? 0,
      rawLength: raw.length,
      data,
      checks: Buffer.from(checks),
      crc32: crc32(data),
    }
  }
}
