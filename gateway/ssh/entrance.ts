import type { Policy } from '../access/policy.ts'
import { mustSayPurpose, type Purpose } from '../access/purpose.ts'
import type { LiveSession } from '../session/live-sessions.ts'
import type { SessionStore } from '../session/session.ts'
import type { ChannelOffer } from '../transport/channels.ts'
import type { NamedPurpose } from './channel-requests.ts'
import { answerOn } from './gateway-channel.ts'
import { HandOver, type EnterableSession } from './hand-over.ts'
import { HeldChannel } from './held-channel.ts'
import { SessionPurpose, type Entry, type SessionPurposeParts } from './session-purpose.ts'

const EXIT_BY_GATEWAY = 255

export interface EntranceParts {
  readonly tasks: SessionPurposeParts['tasks']
  readonly sessionStore: Pick<SessionStore, 'setPurpose'>
  readonly log: (line: string) => void
  /** The session, as soon as it begins; undefined before. It gives none where it was refused. */
  begun(): Promise<LiveSession | undefined> | undefined
}

/** The way of channels into one session: where the policy wants it, it is said first what the session is for. */
export class Entrance {
  readonly #parts: EntranceParts
  readonly #purpose: SessionPurpose
  /** Channels of which that is not said yet. */
  readonly #waiting = new Set<(reason: string) => void>()

  /** `client` is a slug. */
  constructor(client: string, parts: EntranceParts) {
    this.#parts = parts
    const { tasks, log } = parts
    this.#purpose = new SessionPurpose(client, { tasks, log, store: (purpose) => this.#store(purpose) })
  }

  get settled(): Purpose {
    return this.#purpose.settled
  }

  /** As `SessionPurpose.take`: for a channel that is at the target already. */
  take(named: NamedPurpose): Promise<string | undefined> | undefined {
    return this.#purpose.take(named)
  }

  /** Whether something must be said first; `policy` held when the target was dialled. */
  async mustSay(policy: Policy): Promise<boolean> {
    return mustSayPurpose(await this.#rules(policy), this.settled)
  }

  async enter(named: NamedPurpose, policy: Policy): Promise<Entry> {
    return this.#purpose.enter(named, await this.#rules(policy))
  }

  /** Hears first what the channel asks for: that says what it is for, or that somebody is there to be asked. */
  hold(offer: ChannelOffer, session: EnterableSession): void {
    new HeldChannel(offer, (channel) => {
      const refused = (why: string): void =>
        channel.holdBy(answerOn(channel, Promise.resolve({ output: '', errors: [why], exitStatus: EXIT_BY_GATEWAY })))
      const { start } = channel.asked
      return new HandOver(channel, { session, start, ahead: Buffer.alloc(0), refused, over: () => {} })
    })
  }

  whileWaiting(gone: (reason: string) => void): () => void {
    this.#waiting.add(gone)
    return () => this.#waiting.delete(gone)
  }

  /** Ends what waits, so that whoever is asked reads why. */
  dismiss(reason: string): void {
    for (const gone of this.#waiting) gone(reason)
  }

  /** As they are now: they may have changed since the session began. */
  async #rules(policy: Policy): Promise<Policy> {
    return (await this.#parts.begun())?.policy ?? policy
  }

  #store(purpose: Purpose): Promise<void> | undefined {
    return this.#parts.begun()?.then(async (session) => {
      if (session !== undefined) await this.#parts.sessionStore.setPurpose(session.id, purpose)
    })
  }
}
