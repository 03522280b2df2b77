import { Altered, type Alteration } from './altered.ts'
import { checkByte, genesis, nextHead } from './chain.ts'
import type { KeyRing, LoggedStatement } from './key-ring.ts'
import { type ChannelPosition, closedDigest, type StatedPositions } from './positions.ts'
import type { SealedEvent } from './sealed-events.ts'
import {
  type CheckpointStatement,
  type ClosingStatement,
  isCheckpoint,
  isClosing,
  isErasure,
  isOpening,
  type OpeningStatement,
} from './session-statements.ts'
import { readStatement } from './statement.ts'

/** All that proves a session, from the database or from an archive. */
export interface SessionEvidence {
  readonly session: string
  readonly keys: KeyRing
  /** What the log of sessions says of it, in order. */
  readonly log: readonly LoggedStatement[]
  /** The newest one of a session that was not closed. */
  readonly checkpoint: string | undefined
  /** It was given up, and its gateway came back and goes on with it: the closing covers what there was then. */
  readonly goesOn?: boolean
  /** Numbers of its channels, in order. */
  readonly channels: readonly number[]
  /** Throws `Altered`. */
  events(channel: number): AsyncIterable<SealedEvent>
  /** Sees each event once, in order, after the chain has taken it. */
  heed?(channel: number, event: SealedEvent['event']): void
}

/** What a session that is not altered says of itself. */
export interface IntactSession {
  readonly opening: OpeningStatement
  /** Undefined: the session goes on. */
  readonly closing: ClosingStatement | undefined
  readonly channels: readonly ChannelPosition[]
  /** Events that were erased, and say so. */
  readonly erased: number
  /** Up to where a signature covers it, microseconds since the session's start. */
  readonly sealedUs: number
  /** When that was signed; undefined before the first checkpoint. */
  readonly signedAt: string | undefined
}

export type SessionVerdict =
  | ({ readonly verdict: 'intact' } & IntactSession)
  | { readonly verdict: 'altered'; readonly alteration: Alteration }

/** Runs a verification; the first alteration it throws is the verdict. */
export async function verdictOf(verify: () => Promise<IntactSession>): Promise<SessionVerdict> {
  try {
    return { verdict: 'intact', ...(await verify()) }
  } catch (error) {
    if (error instanceof Altered) return { verdict: 'altered', alteration: error.alteration }
    throw error
  }
}

/** Whether the events are those that were signed. Throws `Altered`. */
export async function verifySession(evidence: SessionEvidence): Promise<IntactSession> {
  const said = readLog(evidence)
  const checkpoint = readCheckpoint(evidence)
  if (evidence.channels.some((channel, index) => channel !== index)) throw new Altered('a channel is missing')
  const channels: ChannelPosition[] = []
  let erased = 0
  for (const channel of evidence.channels) {
    const reading = new ChannelReading(channel, said, checkpoint)
    for await (const one of evidence.events(channel)) {
      reading.take(one)
      show(evidence, channel, one.event)
    }
    erased += reading.erased
    channels.push(reading.end())
  }
  for (const earlier of said.earlier) checkPositions(earlier, channels, 'checkpoint')
  if (said.closing !== undefined) checkPositions(said.closing, channels, 'closing')
  if (checkpoint !== undefined) checkPositions(checkpoint, channels, 'checkpoint')
  const covered = said.closing ?? checkpoint ?? said.earlier.at(-1)
  const { opening, closing } = said
  return { opening, closing, channels, erased, sealedUs: sealedUs(covered, channels), signedAt: covered?.at }
}

/** An event that nobody can read is one that no gateway wrote. */
function show(evidence: SessionEvidence, channel: number, event: SealedEvent['event']): void {
  try {
    evidence.heed?.(channel, event)
  } catch {
    throw new Altered('what it says cannot be read', { channel, seq: event.seq, atUs: event.atUs })
  }
}

interface Said {
  readonly opening: OpeningStatement
  /** As it was signed: the chains begin with it. */
  readonly openingText: string
  readonly closing: ClosingStatement | undefined
  /** Closings of a session that was given up before its gateway came back: they cover what there was. */
  readonly earlier: readonly ClosingStatement[]
  /** `channel/seq` of each event that was erased. */
  readonly erasures: ReadonlySet<string>
}

function readLog({ session, keys, log, goesOn = false }: SessionEvidence): Said {
  const [first, ...rest] = log
  if (first === undefined) throw new Altered('the log of sessions does not know it')
  const { by, payload: opening } = keys.read(first.statement, 'opening', first.index)
  if (!isOpening(opening) || opening.session !== session || opening.gateway !== by.gateway) {
    throw new Altered('its opening in the log is that of another session')
  }
  const closings: ClosingStatement[] = []
  const erasures = new Set<string>()
  for (const { statement, index } of rest) {
    const kind = readStatement(statement)?.kind ?? ''
    const { by: signer, payload } = keys.read(statement, kind === 'erasure' ? kind : 'closing', index)
    if (payload.session !== session) throw new Altered(`the log has a ${kind} of another session here`)
    if (kind === 'erasure' && isErasure(payload))
      for (const seq of payload.events) erasures.add(`${payload.channel}/${seq}`)
    else if (isClosing(payload) && mayFollow(closings.at(-1), signer.gateway === opening.gateway))
      closings.push(payload)
    else throw new Altered('the log has it closed twice')
  }
  const isOver = !goesOn || closings.at(-1)?.state === 'ended'
  const closing = isOver ? closings.pop() : undefined
  return { opening, openingText: first.statement, closing, earlier: closings, erasures }
}

/** What another gateway closed as interrupted is closed again by its own, when that delivers the rest. */
function mayFollow(before: ClosingStatement | undefined, isOfItsGateway: boolean): boolean {
  return before === undefined || (before.state === 'interrupted' && isOfItsGateway)
}

function readCheckpoint({ session, keys, checkpoint }: SessionEvidence): CheckpointStatement | undefined {
  if (checkpoint === undefined) return undefined
  const { payload } = keys.read(checkpoint, 'checkpoint')
  if (!isCheckpoint(payload) || payload.session !== session) {
    throw new Altered('its checkpoint is that of another session')
  }
  return payload
}

/** The chain of one channel while it is read. */
class ChannelReading {
  readonly #channel: number
  readonly #erasures: ReadonlySet<string>
  /** Where the checkpoint and earlier closings stand in this channel. */
  readonly #stated: StatedPositions['open']
  #head: Buffer
  #events = 0
  #atUs = 0
  #closed = false
  erased = 0

  constructor(channel: number, said: Said, checkpoint: CheckpointStatement | undefined) {
    this.#channel = channel
    this.#erasures = said.erasures
    const stated = checkpoint === undefined ? said.earlier : [...said.earlier, checkpoint]
    this.#stated = stated.flatMap(({ open }) => open).filter(([number]) => number === channel)
    this.#head = genesis(said.openingText, channel)
  }

  /** Throws `Altered` at the first event that is not as it was sealed. */
  take({ event, committed, check }: SealedEvent): void {
    const where = { channel: this.#channel, seq: event.seq, atUs: event.atUs }
    if (event.erased !== undefined) {
      if (!this.#erasures.has(`${this.#channel}/${event.seq}`)) {
        throw new Altered('its bytes were taken away, and nobody has signed for it', where)
      }
      this.erased++
    }
    this.#head = nextHead(this.#head, event, committed)
    if (check !== checkByte(this.#head)) throw new Altered('it is not what was sealed', where)
    this.#events++
    this.#atUs = event.atUs
    this.#closed = event.kind === 'close'
    if (this.#stated.some(([, events, , head]) => events === this.#events && head !== this.#head.toString('hex'))) {
      throw new Altered('it or an event before it is not what the checkpoint signed', where)
    }
  }

  end(): ChannelPosition {
    return { channel: this.#channel, events: this.#events, atUs: this.#atUs, head: this.#head, closed: this.#closed }
  }
}

/** A checkpoint covers what was there when it was signed, a closing all of it. */
function checkPositions(
  stated: StatedPositions,
  channels: readonly ChannelPosition[],
  kind: 'checkpoint' | 'closing',
): void {
  if (channels.length < stated.channels) throw new Altered('a channel is missing')
  if (kind === 'closing' && channels.length > stated.channels) {
    throw new Altered('a channel was added', { channel: stated.channels })
  }
  const open = new Map(stated.open.map((place) => [place[0], place]))
  for (const [channel, events, , head] of stated.open) {
    const found = channels[channel]
    const seq = found?.events ?? 0
    if (found === undefined || found.events < events) throw new Altered('events are missing', { channel, seq })
    if (kind === 'checkpoint') continue
    if (found.events > events) throw new Altered('events were added', { channel, seq: events })
    if (found.head.toString('hex') !== head) throw new Altered('an event is not what was signed', { channel })
  }
  const rest = channels.slice(0, stated.channels).filter(({ channel }) => !open.has(channel))
  if (closedDigest(rest).toString('hex') !== stated.closed) {
    const cut = rest.find(({ closed }) => !closed)
    if (cut !== undefined) throw new Altered('events are missing', { channel: cut.channel, seq: cut.events })
    const [only, other] = rest
    throw new Altered('what it holds is not what was signed', other || !only ? {} : { channel: only.channel })
  }
}

/** Closed channels are covered to their end, open ones to where the statement says. */
function sealedUs(stated: StatedPositions | undefined, channels: readonly ChannelPosition[]): number {
  if (stated === undefined) return 0
  const open = new Map(stated.open.map(([channel, , atUs]) => [channel, atUs]))
  return Math.max(0, ...channels.slice(0, stated.channels).map(({ channel, atUs }) => open.get(channel) ?? atUs))
}
