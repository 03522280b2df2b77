import { decodeChannelRequest } from './channel-request.ts'
import type { ForwardOpening, RecordedEvent } from './event.ts'
import { decodeFileStatement } from './files/file-statement.ts'
import { createKeystrokeCollector } from './keystrokes.ts'
import type { ChannelChange, FileChange, KeystrokeRun } from './record-store.ts'

/** What a batch changes in the row of a channel, but for its place in the chain. */
export type ChannelGain = Omit<ChannelChange, 'head'>

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** What events add to the rows that are made of them. */
export interface ChannelHarvest {
  readonly gain: ChannelGain
  readonly runs: readonly KeystrokeRun[]
  readonly files: readonly FileChange[]
}

/** Counts what the events of one channel say: for its own row, its keystrokes and its files. */
export class ChannelTally {
  readonly #sessionId: string
  readonly #channel: number
  readonly #keys: ReturnType<typeof createKeystrokeCollector>
  #interactive = false
  #files = new Map<number, FileChange>()
  #gain: Mutable<ChannelGain>
  closed = false

  constructor(sessionId: string, channel: number) {
    this.#sessionId = sessionId
    this.#channel = channel
    this.#keys = createKeystrokeCollector(sessionId, channel, 0)
    this.#gain = this.#nothing()
  }

  /** Takes the next event, in order from the first. */
  take(event: RecordedEvent): void {
    const gain = this.#gain
    const length = event.data.length
    gain.archivedSeq = event.seq
    gain.lastUs = event.atUs
    if (event.kind === 'open') gain.openedUs = event.atUs
    else if (event.kind === 'input' || event.kind === 'maskedInput') {
      gain.bytesIn += length
      if (this.#interactive) this.#keys.input(event.atUs, event.data)
    } else if (event.kind === 'output') gain.bytesOut += length
    else if (event.kind === 'stderr') gain.bytesErr += length
    else if (event.kind === 'request') this.#takeRequest(event.data)
    else if (event.kind === 'counted') this.#countUnstored(event.data)
    else if (event.kind === 'file') this.#takeFile(event)
    else if (event.kind === 'forward') this.#takeForward(event.data)
    else if (event.kind === 'targetRequest') this.#takeTargetRequest(event.data)
    else if (event.kind === 'close') {
      this.#keys.flush()
      gain.closedUs = event.atUs
      this.closed = true
    }
  }

  /** What the events since the last call add. */
  harvest(): ChannelHarvest {
    const [gain, files] = [this.#gain, this.#files]
    this.#gain = this.#nothing()
    this.#files = new Map()
    const runs = this.#keys.take()
    gain.keystrokes = runs.reduce((sum, run) => sum + run.lengths.length, 0)
    return { gain, runs, files: [...files.values()] }
  }

  /** Keystrokes are what is typed at a terminal or a shell; what is piped into a command is data. */
  #takeRequest(payload: Buffer): void {
    const request = decodeChannelRequest(payload)
    const gain = this.#gain
    if (request.type === 'pty-req') {
      this.#interactive = true
      gain.terminal = { type: request.terminal, columns: request.columns, rows: request.rows }
    } else if (request.type === 'shell') {
      this.#interactive = true
      gain.kind = 'shell'
    } else if (request.type === 'exec') {
      gain.kind = 'exec'
      gain.command = request.command
    } else if (request.type === 'subsystem') {
      gain.kind = 'subsystem'
      gain.command = request.name
    }
  }

  #takeForward(payload: Buffer): void {
    const { kind, place } = JSON.parse(payload.toString()) as ForwardOpening
    this.#gain.kind = kind
    this.#gain.command = Buffer.from(place)
  }

  #takeTargetRequest(payload: Buffer): void {
    const request = decodeChannelRequest(payload)
    if (request.type === 'exit-status') this.#gain.exitStatus = request.status
    if (request.type === 'exit-signal') this.#gain.exitSignal = request.signal
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
    if (stream === 'input') this.#gain.bytesIn += bytes
    else if (stream === 'output') this.#gain.bytesOut += bytes
    else this.#gain.bytesErr += bytes
  }

  #nothing(): Mutable<ChannelGain> {
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
