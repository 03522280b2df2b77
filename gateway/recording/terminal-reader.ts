import { decodeChannelRequest } from './channel-request.ts'
import type { CountedBytes, ForwardOpening, RecordedEvent } from './event.ts'
import type { TerminalEvent } from './terminal-event.ts'
import { terminalSize } from './terminal-size.ts'
import { createTerminalText } from './terminal-text.ts'
import { SEQUENCE_GAP_US, type TimedToken, createTimedInput } from './timed-input.ts'

export interface TerminalReading {
  /** Keys that began before the event and are known now. */
  readonly settled: readonly TerminalEvent[]
  /** Of the event's own time. */
  readonly current: readonly TerminalEvent[]
}

const nothing: TerminalReading = { settled: [], current: [] }

/** What each event of one channel means to its terminal. */
export class TerminalReader {
  readonly #keys = createTimedInput()
  readonly #text = createTerminalText()
  readonly #unstored = new Set<CountedBytes['stream']>()
  /** Keystrokes are what is typed at a terminal or a shell; what is piped into a command is data. */
  #interactive = false

  read(event: RecordedEvent): TerminalReading {
    if (event.kind !== 'input' && event.kind !== 'maskedInput') {
      return { settled: this.#keys.settle(event.atUs).map(inputEvent), current: this.#takeOther(event) }
    }
    if (!this.#interactive) return this.#takeData(event)
    const events = this.#keys.input(event.atUs, event.data).map(inputEvent)
    const settled = events.filter(({ atUs }) => atUs < event.atUs)
    return { settled, current: events.slice(settled.length) }
  }

  /** Whether a key that began a short while before may need the next input to be known. */
  waitsAt(atUs: number): boolean {
    const sinceUs = this.#keys.waitingSinceUs()
    return sinceUs !== undefined && atUs - sinceUs <= SEQUENCE_GAP_US
  }

  /** The recording has ended at `atUs`. */
  flush(atUs: number): TerminalReading {
    return { settled: this.#keys.flush().map(inputEvent), current: shown(atUs, this.#text.flush()) }
  }

  #takeData({ atUs, data }: RecordedEvent): TerminalReading {
    const text = this.#text.input(data)
    return text === '' ? nothing : { settled: [], current: [{ atUs, code: 'i', text, keystroke: undefined }] }
  }

  #takeOther({ atUs, kind, data }: RecordedEvent): TerminalEvent[] {
    if (kind === 'output' || kind === 'stderr' || kind === 'notice') return shown(atUs, this.#text[kind](data))
    if (kind === 'request' || kind === 'targetRequest') return this.#takeRequest(atUs, data)
    if (kind === 'counted') return this.#takeCounted(atUs, data)
    if (kind === 'forward') return this.#takeForward(atUs, data)
    return []
  }

  #takeRequest(atUs: number, payload: Buffer): TerminalEvent[] {
    const request = decodeChannelRequest(payload)
    switch (request.type) {
      case 'pty-req':
        this.#interactive = true
        this.#text.hasTerminal()
        return resized(atUs, request.columns, request.rows)
      case 'window-change':
        return resized(atUs, request.columns, request.rows)
      case 'shell':
        this.#interactive = true
        return []
      case 'exec':
        return [{ atUs, code: 'm', text: `exec ${request.command.toString()}` }]
      case 'subsystem':
        return [{ atUs, code: 'm', text: `subsystem ${request.name.toString()}` }]
      case 'exit-status':
        return [{ atUs, code: 'x', status: request.status }]
      case 'exit-signal':
        return [{ atUs, code: 'm', text: `ended by signal ${request.signal}` }]
      case 'other':
        return request.name === 'signal' ? [{ atUs, code: 'm', text: 'signal sent' }] : []
    }
  }

  /** Of a forward nothing is stored but counts, so nothing is missing. */
  #takeForward(atUs: number, payload: Buffer): TerminalEvent[] {
    const { kind: what, place } = JSON.parse(payload.toString()) as ForwardOpening
    this.#unstored.add('input').add('output')
    return [{ atUs, code: 'm', text: `${what} ${place}` }]
  }

  /** Said once a stream, where its bytes begin to be missing. */
  #takeCounted(atUs: number, payload: Buffer): TerminalEvent[] {
    const { stream } = JSON.parse(payload.toString()) as CountedBytes
    if (this.#unstored.has(stream)) return []
    this.#unstored.add(stream)
    return [{ atUs, code: 'm', text: `${stream} beyond the budget: counted, not stored`, isGap: true }]
  }
}

function shown(atUs: number, text: string): TerminalEvent[] {
  return text === '' ? [] : [{ atUs, code: 'o', text }]
}

/** RFC 4254 §6.2: a dimension of zero is to be ignored; `ssh -tt` without a terminal of its own sends it. */
function resized(atUs: number, columns: number, rows: number): TerminalEvent[] {
  return columns === 0 || rows === 0 ? [] : [{ atUs, code: 'r', ...terminalSize(columns, rows) }]
}

function inputEvent({ atUs, kind, bytes }: TimedToken): TerminalEvent {
  const pressed = kind === 'key' || kind === 'paste'
  return { atUs, code: 'i', text: bytes.toString(), keystroke: pressed ? bytes : undefined }
}
