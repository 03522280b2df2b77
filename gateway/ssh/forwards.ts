import { noForwarding, type Forwarding } from '../access/forwarding.ts'
import type { ChannelRecorder } from '../recording/recorder.ts'
import type { LiveSession } from '../session/live-sessions.ts'
import type { ChannelOffer, ChannelWish } from '../transport/channels.ts'
import type { GlobalAnswer } from '../transport/global-requests.ts'
import { openFailure } from '../transport/message.ts'
import type { SessionLink } from '../transport/session-link.ts'
import { Forward } from './forward.ts'
import { explainForwarding, explainRefusal } from './forward-refusal.ts'
import { forwardOpening, mayForward, readForwardedChannel, type ForwardWish, type ListenWish } from './forward-wish.ts'
import { ListeningPlaces } from './listening-places.ts'

export interface ForwardsParts {
  /** Full name, `web1.acme`. */
  readonly target: string
  readonly session: LiveSession
  readonly link: SessionLink
  /** Opens a channel to the administrator. */
  openToStaff(type: string, wish: ChannelWish): void
  /** Says something on stderr of the session, now or when there is one. */
  tell(words: string): void
  /** What a fault of ours threw: the session must end. */
  failed(error: unknown): void
  readonly log: (line: string) => void
}

/** What is forwarded in one session: only what its policy allows, and to the administrator only what he asked for. */
export class Forwards {
  readonly #parts: ForwardsParts
  readonly #live = new Map<Forward, ForwardWish>()
  readonly #listening: ListeningPlaces
  /** How many more channels of the target may lead there. */
  readonly #lent = { agent: 0, x11: 0 }
  readonly #told = new Set<ForwardWish['way']>()
  #allowed: Forwarding = noForwarding
  #ended: string | undefined
  #intruded = false

  constructor(parts: ForwardsParts) {
    this.#parts = parts
    this.#listening = new ListeningPlaces(parts.link, (wish, then) => this.#record(wish, then))
    parts.link.onOffer((offer) => this.#offeredByTarget(offer))
  }

  /** Whether something is forwarded, or may be at any time. */
  get active(): boolean {
    return this.#live.size > 0 || this.#listening.size > 0
  }

  /** From now on this holds; what it does not allow is closed. */
  keepTo(allowed: Forwarding): void {
    this.#allowed = allowed
    const isLost = (wish: ForwardWish) => !mayForward(allowed, wish)
    for (const wish of this.#listening.stop(isLost)) this.#tellOnce(wish)
    for (const [forward, wish] of this.#live) {
      if (!isLost(wish)) continue
      forward.end(this.#explain(wish))
      this.#tellOnce(wish)
    }
  }

  /** Takes a channel of staff, read by `readForwardedChannel`. */
  offered(offer: ChannelOffer, wish: ForwardWish): void {
    const why = this.#whyNot(wish)
    if (why === undefined) this.#join(wish, offer, 'staff')
    else offer.refuse(openFailure.prohibited, `gatebook: ${why}`)
  }

  /** Whether the target may use the administrator's agent or display from now on; `once`: for one channel. */
  lend(what: 'agent' | 'x11', once: boolean): boolean {
    const wish: ForwardWish = what === 'agent' ? { way: what } : { way: what, from: '' }
    const may = this.#whyNot(wish) === undefined
    if (may) this.#lent[what] += once ? 1 : Number.POSITIVE_INFINITY
    else this.#tellOnce(wish)
    return may
  }

  /** Lets the target listen; undefined: refused. */
  listen(wish: ListenWish, answered: (answer: GlobalAnswer) => void): void {
    if (this.#whyNot(wish) !== undefined) {
      this.#tellOnce(wish)
      return answered(undefined)
    }
    this.#listening.begin(wish, (answer) => {
      answered(answer)
      if (answer === undefined) this.#tellOnce(wish, explainRefusal(this.#parts.target, wish, ''))
      // The policy may have become stricter while the target was asked.
      this.keepTo(this.#allowed)
    })
  }

  unlisten(wish: ListenWish, answered: (answer: GlobalAnswer) => void): void {
    this.#listening.end(wish, answered)
  }

  /** Closes everything with a reason; nothing is forwarded any more. */
  end(reason: string, recorded: boolean): void {
    this.#ended ??= reason
    this.#listening.close()
    for (const forward of this.#live.keys()) forward.end(reason, recorded)
  }

  /** The administrator's connection is gone. */
  lost(): void {
    this.#ended ??= 'the connection has closed'
    this.#listening.close()
    for (const forward of this.#live.keys()) forward.lost()
  }

  #offeredByTarget(offer: ChannelOffer): void {
    const wish = readForwardedChannel('target', offer.type, offer.fields)
    if (wish === undefined || !this.#wasAskedFor(wish)) {
      if (!this.#intruded) this.#parts.log(`${this.#parts.target} wants a channel to staff that nobody asked for`)
      this.#intruded = true
      return offer.refuse(openFailure.prohibited, 'nobody asked for this channel')
    }
    const why = this.#whyNot(wish)
    if (why === undefined) this.#join(wish, offer, 'target')
    else offer.refuse(openFailure.prohibited, why)
  }

  #wasAskedFor(wish: ForwardWish): boolean {
    if (wish.way !== 'agent' && wish.way !== 'x11') return this.#listening.has(wish)
    if (this.#lent[wish.way] === 0) return false
    this.#lent[wish.way] -= 1
    return true
  }

  #join(wish: ForwardWish, offer: ChannelOffer, by: 'staff' | 'target'): void {
    const { session, link } = this.#parts
    const recorder = this.#record(wish, () => {
      if (isOver()) return
      if (by === 'staff') link.openForward(offer.type, channel)
      else this.#parts.openToStaff(offer.type, channel)
    })
    const presence = session.forwardPresence()
    const forward: Forward = new Forward({
      recorder,
      presence,
      failed: (error) => this.#parts.failed(error),
      closed: () => this.#live.delete(forward),
    })
    this.#live.set(forward, wish)
    const isOver = () => {
      if (forward.isOver) offer.refuse(openFailure.prohibited, 'gatebook: it has ended meanwhile')
      return forward.isOver
    }
    const [near, far] =
      by === 'staff' ? [forward.fromStaff, forward.fromTarget] : [forward.fromTarget, forward.fromStaff]
    const channel: ChannelWish = {
      fields: offer.fields,
      listener: far,
      inWindow: forward.windowFor(offer.window),
      opened(end) {
        if (isOver()) return end.close()
        const asker = offer.accept(near, forward.windowFor(end.outWindow))
        if (by === 'staff') forward.connect(asker, end)
        else forward.connect(end, asker)
      },
      refused: (text, reason) => {
        const forbidden = by === 'staff' && reason === openFailure.prohibited
        const why = forbidden ? `gatebook: ${explainRefusal(this.#parts.target, wish, text)}` : text
        forward.end(`it did not open: ${text}`)
        offer.refuse(reason, why)
      },
    }
  }

  #record(wish: ForwardWish, then: () => void): ChannelRecorder {
    const recorder = this.#parts.session.recorder.channel()
    recorder.countsOnly()
    recorder.event('forward', Buffer.from(JSON.stringify(forwardOpening(wish))), () => {
      // It runs among the forwards of all sessions: what it throws would end the whole gateway.
      try {
        then()
      } catch (error) {
        this.#parts.failed(error)
      }
    })
    return recorder
  }

  #whyNot(wish: ForwardWish): string | undefined {
    return this.#ended ?? (mayForward(this.#allowed, wish) ? undefined : this.#explain(wish))
  }

  #explain(wish: ForwardWish): string {
    return explainForwarding(this.#parts.target, this.#allowed, wish)
  }

  /** Once for each way: a list of forwards in somebody's ssh_config must not fill his screen. */
  #tellOnce(wish: ForwardWish, words = this.#explain(wish)): void {
    if (this.#told.has(wish.way)) return
    this.#told.add(wish.way)
    this.#parts.tell(words)
  }
}
