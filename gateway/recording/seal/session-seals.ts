import type { Clock } from '../../clock.ts'
import type { ChannelChange, ChannelProgress, SessionClosing } from '../record-store.ts'
import { genesis } from './chain.ts'
import { ChannelChain } from './channel-chain.ts'
import { type ChannelPosition, statePositions } from './positions.ts'
import type { CheckpointStatement, ClosingStatement } from './session-statements.ts'
import type { SessionLog } from './session-log.ts'
import type { SigningKey } from './signing-key.ts'
import type { Signer } from './statement.ts'

/** What of a session may be lost to somebody who alters the database while it goes on. */
const CHECKPOINT_EVERY_US = 5_000_000

export interface SessionCheckpoint {
  readonly sessionId: string
  readonly statement: string
}

/** How a session ended, before anybody has signed it. */
export type UnsealedClosing = Omit<SessionClosing, 'statement'>

/** What is signed of a batch. */
export interface SealedParts {
  readonly checkpoints: readonly SessionCheckpoint[]
  readonly closings: readonly SessionClosing[]
}

interface SealedSession {
  readonly opening: string
  readonly leftBehind: boolean
  readonly positions: Map<number, ChannelPosition>
  checkpointUs: number
  /** Something was stored that no statement covers. */
  uncovered: boolean
}

/** Seals what the archiver stores: where the chains of a session begin, checkpoints while it goes on, its closing. */
export class SessionSeals {
  readonly #key: Pick<SigningKey, 'sign' | 'hold'>
  readonly #log: Pick<SessionLog, 'opening' | 'positions'>
  readonly #clock: Clock
  readonly #sessions = new Map<string, SealedSession>()

  constructor(key: Pick<SigningKey, 'sign' | 'hold'>, log: Pick<SessionLog, 'opening' | 'positions'>, clock: Clock) {
    this.#key = key
    this.#log = log
    this.#clock = clock
  }

  /** To be called before anything else of a session; `leftBehind`: an earlier process has stored of it. */
  async begin(sessionId: string, leftBehind: boolean): Promise<void> {
    if (this.#sessions.has(sessionId)) return
    const opening = await this.#log.opening(sessionId)
    const positions = leftBehind ? await this.#log.positions(sessionId) : []
    this.#sessions.set(sessionId, {
      // A record that the log does not know is kept all the same; whoever verifies it will hear.
      opening: opening ?? '',
      leftBehind,
      positions: new Map(positions.map((position) => [position.channel, position])),
      checkpointUs: this.#clock.monotonicUs(),
      uncovered: false,
    })
  }

  /** The chain of a channel of a session that was begun. */
  chain(sessionId: string, channel: number, stored: ChannelProgress | undefined): ChannelChain {
    return new ChannelChain(stored?.head ?? genesis(this.#session(sessionId).opening, channel))
  }

  /** The key stays the same while this work runs, in which statements are signed and stored. */
  hold<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#key.hold(work)
  }

  /**
   * What to store with these changes: the checkpoints that are due and the closings, signed. The same may be asked for
   * again until it is `stored`.
   */
  seal(changes: readonly ChannelChange[], closings: readonly UnsealedClosing[]): SealedParts {
    this.#cover(changes)
    const closed = new Set(closings.map(({ sessionId }) => sessionId))
    return {
      checkpoints: this.#checkpoints(closed),
      closings: closings.map((closing) => this.#close(closing)),
    }
  }

  /** Nobody needs to ask for these again. */
  stored({ checkpoints, closings }: SealedParts): void {
    for (const { sessionId } of checkpoints) {
      const session = this.#session(sessionId)
      session.checkpointUs = this.#clock.monotonicUs()
      session.uncovered = false
    }
    for (const { sessionId } of closings) this.#sessions.delete(sessionId)
  }

  /** Nothing more comes of what an earlier process left behind. */
  forgetLeftBehind(): void {
    for (const [id, { leftBehind }] of this.#sessions) if (leftBehind) this.#sessions.delete(id)
  }

  #cover(changes: readonly ChannelChange[]): void {
    for (const { sessionId, channel, archivedSeq, lastUs, head, closedUs } of changes) {
      const session = this.#session(sessionId)
      const position = { channel, events: archivedSeq + 1, atUs: lastUs, head, closed: closedUs !== undefined }
      session.positions.set(channel, position)
      session.uncovered = true
    }
  }

  /** Milliseconds until a checkpoint is due; undefined while none will be. */
  get dueInMs(): number | undefined {
    const dueUs = [...this.#sessions.values()].filter(({ uncovered }) => uncovered).map(nextUs)
    return dueUs.length === 0 ? undefined : Math.max(0, (Math.min(...dueUs) - this.#clock.monotonicUs()) / 1000)
  }

  /** A session that is closed with them needs none. */
  #checkpoints(closed: ReadonlySet<string>): SessionCheckpoint[] {
    const nowUs = this.#clock.monotonicUs()
    const due = [...this.#sessions].filter(([id, each]) => each.uncovered && nextUs(each) <= nowUs && !closed.has(id))
    return due.map(([sessionId, session]) => {
      const statement: CheckpointStatement = {
        session: sessionId,
        at: this.#clock.now().toISOString(),
        ...statePositions(session.positions.values()),
      }
      return { sessionId, statement: this.#key.sign('checkpoint', statement) }
    })
  }

  #close(closing: UnsealedClosing): SessionClosing {
    const { positions } = this.#session(closing.sessionId)
    return { ...closing, statement: signClosing(this.#key, closing, positions.values(), this.#clock.now()) }
  }

  #session(id: string): SealedSession {
    const session = this.#sessions.get(id)
    if (session === undefined) throw new Error(`session ${id} was not begun`)
    return session
  }
}

/** The closing statement of a session that ended so and whose channels stand here. */
export function signClosing(
  signer: Signer,
  { sessionId, state, endedAt, lengthUs, reason }: UnsealedClosing,
  positions: Iterable<ChannelPosition>,
  now: Date,
): string {
  const statement: ClosingStatement = {
    session: sessionId,
    state,
    endedAt: endedAt.toISOString(),
    lengthUs,
    reason,
    at: now.toISOString(),
    ...statePositions(positions),
  }
  return signer.sign('closing', statement)
}

function nextUs({ checkpointUs }: SealedSession): number {
  return checkpointUs + CHECKPOINT_EVERY_US
}
