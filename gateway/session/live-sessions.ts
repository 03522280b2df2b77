import { isDeepStrictEqual } from 'node:util'
import { decide, type AccessFacts, type AccessSource, type Denial } from '../access/decision.ts'
import type { Policy } from '../access/policy.ts'
import { mustSayPurpose, type Purpose } from '../access/purpose.ts'
import type { Visitor } from '../access/visitor.ts'
import type { Clock } from '../clock.ts'
import type { Journal } from '../recording/journal.ts'
import { SessionRecorder } from '../recording/recorder.ts'
import type { SigningKey } from '../recording/seal/signing-key.ts'
import type { SessionOpening, SessionStore } from './session.ts'
import { IdleWatch, type ChannelPresence } from './idle-watch.ts'
import { newSessionId } from './session-id.ts'
import { signOpening } from './sign-opening.ts'

export interface LiveSessionsParts {
  readonly gatewayId: string
  readonly clock: Clock
  readonly journal: Journal
  readonly access: Pick<AccessSource, 'facts' | 'onChange'>
  readonly store: Pick<SessionStore, 'open' | 'endsAsked' | 'watchers'>
  readonly signingKey: Pick<SigningKey, 'sign' | 'hold'>
  /** What the administrator reads when a right has gone in the middle of a session. */
  explain(denial: Denial, facts: AccessFacts, login: string): string
}

export type NewSession = Pick<SessionOpening, 'clientId' | 'targetId' | 'staffId' | 'login' | 'sourceAddress'> &
  Purpose &
  Pick<Visitor, 'ownKey'>

/** How a session ended. `recorded: false`: the record failed, so nothing more can be put on it. */
export interface SessionEnd {
  readonly reason: string
  readonly recorded: boolean
}

/** A longer setTimeout fires at once. Rights are read again before it has passed. */
const TIMER_MS_MAX = 2 ** 31 - 1

/** Rights that could not be read are read again after this time. */
const RECHECK_MS = 1000

/** Also for what can name nothing, such as a forward without a shell or a command. */
export const UNSAID =
  'the client wants a task or a reason named for each session; begin it with a shell or a command, as in: ssh -o SetEnv=GATEBOOK_TASK=NUMBER'

/** What ends when its right does. */
type Watched = Pick<LiveSession, 'about' | 'holds' | 'expires' | 'end'>

/** One session while it lives. */
export class LiveSession {
  readonly id: string
  readonly about: NewSession
  readonly recorder: SessionRecorder
  readonly #closed: () => void
  readonly #idle: IdleWatch
  #listener: ((end: SessionEnd) => void) | undefined
  #ended: SessionEnd | undefined
  #expiry: NodeJS.Timeout | undefined
  #policy: Policy | undefined
  #policyListener: ((policy: Policy) => void) | undefined
  #warningListener: ((text: string) => void) | undefined
  /** So many were heard of. */
  #watchers = 0

  constructor(about: NewSession, recorder: SessionRecorder, clock: Clock, closed: () => void) {
    this.id = recorder.sessionId
    this.about = about
    this.recorder = recorder
    this.#closed = closed
    this.#idle = new IdleWatch(clock, {
      warn: (text) => this.#warningListener?.(text),
      end: (reason) => this.end({ reason, recorded: true }),
    })
  }

  /** For the channel that opens now: where somebody is there, it says so. */
  channelPresence(): ChannelPresence {
    return this.#idle.channel()
  }

  /** The same for a forwarded connection. */
  forwardPresence(): ChannelPresence {
    return this.#idle.forward()
  }

  /** What the people of the session should hear; one listener, its owner. */
  onWarning(listener: (text: string) => void): void {
    this.#warningListener = listener
  }

  /** Everybody who has watched it, in order: whoever is new is named to its people where the policy says so. */
  watchedBy(people: readonly string[]): void {
    const unknown = people.slice(this.#watchers)
    this.#watchers = people.length
    if (this.#policy?.watchNotice !== true) return
    for (const who of unknown) this.#warningListener?.(`${who} watches this session`)
  }

  /** Who ends the connection; one listener, the owner. Called at once where the session was ended before. */
  onEnd(listener: (end: SessionEnd) => void): void {
    this.#listener = listener
    if (this.#ended !== undefined) listener(this.#ended)
  }

  /** One listener, called at once with the policy that holds and again with every other one that comes to hold. */
  onPolicy(listener: (policy: Policy) => void): void {
    this.#policyListener = listener
    if (this.#policy !== undefined) listener(this.#policy)
  }

  /** From now on this policy holds. */
  holds(policy: Policy): void {
    if (isDeepStrictEqual(policy, this.#policy)) return
    this.#policy = policy
    this.recorder.masksSecrets = policy.typedSecrets === 'mask'
    this.#policyListener?.(policy)
    this.#idle.keepTo(policy)
  }

  /** What holds; undefined before anybody has read it. */
  get policy(): Policy | undefined {
    return this.#policy
  }

  /** Where nothing is said of what it is for, and must be: whoever asks people does so before. */
  whyNotBegin(): { readonly refused: string } | undefined {
    const isFree = this.#policy === undefined || !mustSayPurpose(this.#policy, this.about)
    return isFree ? undefined : { refused: UNSAID }
  }

  /** Ends the connection with a reason, or lets its owner do so as soon as it listens. */
  end(end: SessionEnd): void {
    this.#ended = end
    this.#listener?.(end)
  }

  /** Calls once when the right of the session ends by itself; instead of an earlier call. */
  expires(inMs: number, then: () => void): void {
    clearTimeout(this.#expiry)
    this.#expiry = setTimeout(then, Math.min(inMs, TIMER_MS_MAX)).unref()
  }

  /** The owner's last word, when every channel is closed. */
  close(reason: string): void {
    clearTimeout(this.#expiry)
    this.#idle.stop()
    this.recorder.close(reason)
    this.#closed()
  }
}

/** The sessions this gateway carries: opened here, watched while rights change, ended from here. */
export class LiveSessions {
  readonly #parts: LiveSessionsParts
  readonly #live = new Map<string, LiveSession>()
  readonly #ahead = new Set<Watched>()
  #shut: string | undefined
  #checking = false
  #checkAgain = false

  constructor(parts: LiveSessionsParts) {
    this.#parts = parts
    parts.access.onChange(() => this.recheck())
  }

  get count(): number {
    return this.#live.size
  }

  get ids(): readonly string[] {
    return [...this.#live.keys()]
  }

  /**
   * Opens a session, or says why not. It is on the list of live sessions before its rights are read,
   * so a change that commits meanwhile is seen by one or the other. Throws `database-unavailable`.
   */
  async open(about: NewSession): Promise<LiveSession | { readonly refused: string }> {
    const { clock, journal, gatewayId, store, signingKey } = this.#parts
    if (this.#shut !== undefined) return { refused: this.#shut }
    if (journal.failed !== undefined) return { refused: journal.failed.message }
    const id = newSessionId(clock.now())
    const recorder = new SessionRecorder(journal, clock, id)
    const session = new LiveSession(about, recorder, clock, () => this.#live.delete(id))
    this.#live.set(id, session)
    try {
      const right = await this.#rightOf(session)
      const outcome = 'refused' in right ? right : (session.whyNotBegin() ?? right)
      if ('facts' in outcome) {
        const { ownKey: _, ...said } = about
        const opening = { ...said, id, gatewayId, startedAt: recorder.startedAt }
        await signingKey.hold(() => store.open(opening, signOpening(signingKey, opening, outcome.facts)))
        return session
      }
      this.#live.delete(id)
      return outcome
    } catch (error) {
      this.#live.delete(id)
      throw error
    }
  }

  /**
   * Watches the right of somebody who is connected to a target and has begun nothing there. `gone` hears once why it
   * has gone, also where that was before; after the returned function was called it hears nothing.
   */
  watchAhead(about: NewSession, gone: (reason: string) => void): () => void {
    let expiry: NodeJS.Timeout | undefined
    const stop = () => {
      clearTimeout(expiry)
      this.#ahead.delete(watched)
    }
    const watched: Watched = {
      about,
      holds: () => {},
      expires: (inMs, then) => {
        clearTimeout(expiry)
        if (this.#ahead.has(watched)) expiry = setTimeout(then, Math.min(inMs, TIMER_MS_MAX)).unref()
      },
      end: ({ reason }) => {
        if (!this.#ahead.has(watched)) return
        stop()
        gone(reason)
      },
    }
    this.#ahead.add(watched)
    // The right may have gone while the target was dialled.
    this.#check(watched).catch(() => this.recheck())
    return stop
  }

  /** Reads the rights of every live session again and ends those that have none. */
  recheck(): void {
    if (this.#checking) {
      this.#checkAgain = true
      return
    }
    this.#checking = true
    this.#checkAll()
      // The database is away: until the rights are read, nobody knows whether they still are.
      .catch(() => setTimeout(() => this.recheck(), RECHECK_MS).unref())
      .finally(() => {
        this.#checking = false
        if (this.#checkAgain) {
          this.#checkAgain = false
          this.recheck()
        }
      })
  }

  /** Ends every session, and lets no new one in. */
  shut(reason: string, recorded = true): void {
    this.#shut = reason
    for (const session of this.#live.values()) session.end({ reason, recorded })
  }

  async #checkAll(): Promise<void> {
    const checks = [...this.#live.values(), ...this.#ahead].map((watched) => this.#check(watched))
    await Promise.all([this.#endAsked(), this.#tellOfWatchers(), ...checks])
  }

  /** Ends what somebody wants ended, on whichever gateway they said so. */
  async #endAsked(): Promise<void> {
    const { store, gatewayId } = this.#parts
    if (this.#live.size === 0) return
    for (const [id, reason] of await store.endsAsked(gatewayId)) this.#live.get(id)?.end({ reason, recorded: true })
  }

  async #tellOfWatchers(): Promise<void> {
    const { store, gatewayId } = this.#parts
    if (this.#live.size === 0) return
    for (const [id, people] of await store.watchers(gatewayId)) this.#live.get(id)?.watchedBy(people)
  }

  async #check(watched: Watched): Promise<void> {
    const right = await this.#rightOf(watched)
    if ('refused' in right) watched.end({ reason: right.refused, recorded: true })
  }

  async #rightOf(watched: Watched): Promise<{ readonly facts: AccessFacts } | { readonly refused: string }> {
    const { about } = watched
    const facts = await this.#parts.access.facts(about.staffId, about.targetId)
    if (facts === undefined) return { refused: 'the target or the person is gone; ask an administrator of the gateway' }
    const now = this.#parts.clock.now()
    const decision = decide(facts, about, now)
    if (decision.verdict === 'allow') {
      watched.holds(decision.policy)
      if (decision.until !== undefined) {
        watched.expires(decision.until.getTime() - now.getTime(), () => this.recheck())
      }
      return { facts }
    }
    return { refused: this.#parts.explain(decision.reason, facts, about.login) }
  }
}
