import type { Staff } from '../access/staff.ts'
import type { LiveSession, LiveSessions, SessionEnd } from '../session/live-sessions.ts'
import type { SessionStore } from '../session/session.ts'
import type { ChannelOffer } from '../transport/channels.ts'
import { Bridge } from './bridge.ts'
import { judgeRequest, type RequestFate } from './channel-requests.ts'
import type { TargetDestination } from './destination.ts'
import { explainFailure, UNFORESEEN } from './refusal-texts.ts'
import type { TargetAccess, Way } from './target-access.ts'

/**
 * OpenSSH leaves when its channels are closed. A goodbye sent at once would come in the same packet as the reason,
 * and then ssh ends before it has shown it.
 */
export const LEAVE_MS = 300

export interface TargetSessionParts {
  readonly targetAccess: TargetAccess
  readonly sessions: LiveSessions
  readonly sessionStore: Pick<SessionStore, 'setTask'>
  readonly log: (line: string) => void
}

/** Who works on what, and the connection that carries it. */
export interface TargetSessionOwner {
  readonly staff: Staff
  readonly sourceAddress: string
  readonly destination: TargetDestination
  /** Says goodbye on the connection; `closed` follows. */
  disconnect(reason: string): void
  /** No channel is open any more. */
  idle(): void
  /** Answers a channel that no target takes. */
  refuse(offer: ChannelOffer, why: { readonly refused: string } | { readonly unknown: string }): void
}

/**
 * One person's work on one target over one connection: dialled at once, begun with the first channel,
 * ended with the connection.
 */
export class TargetSession {
  readonly #parts: TargetSessionParts
  readonly #owner: TargetSessionOwner
  readonly #way: Promise<Way>
  readonly #bridges = new Set<Bridge>()
  #session: Promise<LiveSession | { readonly refused: string }> | undefined
  /** Why no channel opens any more. */
  #ended: string | undefined
  #endReason: string | undefined
  /** What `SetEnv` named and PostgreSQL has not heard yet. */
  #named: { task?: string; reason?: string } | undefined
  #connected = true
  #stopWatching = () => {}

  /** The target is dialled while the administrator's ssh still asks for a channel: that hides most of the dial. */
  constructor(parts: TargetSessionParts, owner: TargetSessionOwner) {
    this.#parts = parts
    this.#owner = owner
    this.#way = parts.targetAccess.prepare(owner, owner.destination)
    void this.#way.then((way) => this.#watch(way))
  }

  /** Takes a session channel of the administrator to the target. */
  openChannel(offer: ChannelOffer): void {
    this.#openChannel(offer).catch((error: unknown) => {
      this.#parts.log(`a channel could not be opened: ${String(error)}`)
      this.#owner.refuse(offer, { refused: explainFailure(error) })
    })
  }

  /** Whether the name that looked like a target's is none. Never rejects. */
  async isUnknown(): Promise<boolean> {
    return 'unknown' in (await this.#way)
  }

  /** The connection has closed, or nobody will open a channel any more. Closing twice does nothing. */
  closed(reason: string): void {
    if (!this.#connected) return
    this.#connected = false
    this.#stopWatching()
    for (const bridge of this.#bridges) bridge.lost()
    this.#session?.then(
      (session) => {
        if (!('refused' in session)) session.close(this.#endReason ?? reason)
      },
      () => {},
    )
    this.#way.then(
      (way) => {
        if ('link' in way) way.link.close()
      },
      () => {},
    )
  }

  async #openChannel(offer: ChannelOffer): Promise<void> {
    const way = await this.#way
    // A session that begins after the connection has ended would never end itself.
    if (!this.#connected) return
    if (!('link' in way)) return this.#owner.refuse(offer, way)
    if (this.#session === undefined && this.#ended !== undefined) {
      return this.#owner.refuse(offer, { refused: this.#ended })
    }
    this.#session ??= this.#openSession(way)
    const session = await this.#session
    if (!this.#connected) return
    if ('refused' in session) return this.#owner.refuse(offer, session)
    if (this.#ended !== undefined) return this.#owner.refuse(offer, { refused: this.#ended })
    const recorder = session.recorder.channel()
    const bridge: Bridge = new Bridge({
      recorder,
      presence: session.channelPresence(),
      judge: (type, fields) => this.#judge(session, type, fields),
      failed: (error) => {
        this.#parts.log(`session ${session.id} is ended: ${describe(error)}`)
        session.end({ reason: UNFORESEEN, recorded: true })
      },
      closed: () => {
        this.#bridges.delete(bridge)
        if (this.#bridges.size === 0) this.#owner.idle()
      },
    })
    way.link.openSession({
      listener: bridge.fromTarget,
      inWindow: bridge.windowFor(offer.window),
      opened: (target) => {
        if (this.#ended !== undefined) {
          target.close()
          recorder.close(() => {})
          return this.#owner.refuse(offer, { refused: this.#ended })
        }
        this.#bridges.add(bridge)
        bridge.connect(offer.accept(bridge.fromStaff, bridge.windowFor(target.outWindow)), target)
      },
      refused: (text) => {
        recorder.close(() => {})
        this.#owner.refuse(offer, { refused: `${way.target} refuses a session: ${text}` })
      },
    })
  }

  /** Signed in at the target, with nothing begun: that must not outlive the right to it either. */
  #watch(way: Way): void {
    if (!('link' in way) || !this.#connected || this.#session !== undefined) return
    const about = { ...way.about, sourceAddress: this.#owner.sourceAddress }
    this.#stopWatching = this.#parts.sessions.watchAhead(about, (reason) => {
      this.#ended = reason
      way.link.close()
    })
  }

  async #openSession(way: Extract<Way, { link: unknown }>): Promise<LiveSession | { readonly refused: string }> {
    const { sourceAddress } = this.#owner
    const session = await this.#parts.sessions.open({ ...way.about, sourceAddress })
    this.#stopWatching()
    if ('refused' in session) {
      way.link.close()
      return session
    }
    session.onEnd((end) => this.#end(end))
    session.onWarning((text) => {
      for (const bridge of this.#bridges) bridge.tell(text)
    })
    way.link.onClosed(() => this.#targetLeft(`${way.target} closed the connection`))
    return session
  }

  #judge(session: LiveSession, type: string, fields: Buffer): RequestFate {
    const judged = judgeRequest(type, fields)
    if (judged.fate === 'name-task') this.#name(session, { task: judged.task })
    if (judged.fate === 'give-reason') this.#name(session, { reason: judged.reason })
    return judged
  }

  /** However often a task is named, PostgreSQL hears one name at a time, and the last. */
  #name({ id }: LiveSession, named: { task?: string; reason?: string }): void {
    const isStoring = this.#named !== undefined
    this.#named = { ...this.#named, ...named }
    if (isStoring) return
    const store = async (): Promise<void> => {
      for (let stored; stored !== this.#named;) {
        stored = this.#named
        await this.#parts.sessionStore.setTask(id, stored ?? {})
      }
    }
    store()
      .catch((error: unknown) => this.#parts.log(`the task of ${id} is not stored: ${String(error)}`))
      .finally(() => (this.#named = undefined))
  }

  /** Where nothing runs any more, whoever is done leaves by himself, with the status of his command. */
  #targetLeft(reason: string): void {
    if (this.#bridges.size > 0) this.#end({ reason, recorded: true })
    else this.#ended = reason
  }

  #end({ reason, recorded }: SessionEnd): void {
    if (!this.#connected) return
    if (this.#endReason !== undefined) return
    this.#ended = reason
    this.#endReason = reason
    for (const bridge of this.#bridges) bridge.end(reason, recorded)
    setTimeout(() => this.#owner.disconnect(reason), LEAVE_MS)
  }
}

/** For the log: where it was thrown tells whoever mends it more than what. */
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
