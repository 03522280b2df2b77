import { fullTargetName } from '../access/names.ts'
import type { Visitor } from '../access/visitor.ts'
import { UNSAID, type LiveSession, type LiveSessions, type SessionEnd } from '../session/live-sessions.ts'
import type { SessionStore } from '../session/session.ts'
import type { ChannelOffer, ChannelWish } from '../transport/channels.ts'
import type { GlobalAnswer } from '../transport/global-requests.ts'
import type { SessionLink } from '../transport/session-link.ts'
import { Bridge, STARTS } from './bridge.ts'
import { judgeRequest, type NamedPurpose, type RequestFate } from './channel-requests.ts'
import type { TargetDestination } from './destination.ts'
import { Entrance, type EntranceParts } from './entrance.ts'
import type { ForwardWish, ListenRequest } from './forward-wish.ts'
import { Forwards } from './forwards.ts'
import type { EnterableSession } from './hand-over.ts'
import { TOO_EARLY_TO_LISTEN } from './purpose-texts.ts'
import { isRefusal, refusalText, type Refusal } from './refusal.ts'
import { explainFailure, UNFORESEEN } from './refusal-texts.ts'
import type { Entry } from './session-purpose.ts'
import { SessionBridges } from './session-bridges.ts'
import type { TargetAccess, Way } from './target-access.ts'

/**
 * OpenSSH leaves when its channels are closed. A goodbye sent at once would come in the same packet as the reason,
 * and then ssh ends before it has shown it.
 */
export const LEAVE_MS = 300

export interface TargetSessionParts {
  readonly targetAccess: TargetAccess
  readonly sessions: LiveSessions
  readonly sessionStore: Pick<SessionStore, 'setPurpose'>
  readonly tasks: EntranceParts['tasks']
  readonly log: (line: string) => void
}

/** Who works on what, and the connection that carries it. */
export interface TargetSessionOwner extends Visitor {
  readonly destination: TargetDestination
  /** Says goodbye on the connection; `closed` follows. */
  disconnect(reason: string): void
  /** Opens a channel to the administrator. */
  openChannel(type: string, wish: ChannelWish): void
  /** No channel is open any more. */
  idle(): void
  /** Answers a channel that no target takes. */
  refuse(offer: ChannelOffer, why: Refusal): void
}

/** A session that has begun, and what it stands on. */
interface Begun {
  readonly session: LiveSession
  readonly link: SessionLink
  readonly forwards: Forwards
}

/**
 * One person's work on one target over one connection: dialled at once, begun with the first channel,
 * ended with the connection.
 */
export class TargetSession implements EnterableSession {
  readonly #parts: TargetSessionParts
  readonly #owner: TargetSessionOwner
  readonly #way: Promise<Way>
  readonly #entrance: Entrance
  readonly #bridges = new SessionBridges()
  #begun: Promise<Begun | Refusal> | undefined
  #forwards: Forwards | undefined
  /** Why no channel opens any more. */
  #ended: string | undefined
  #endReason: string | undefined
  #connected = true
  #stopWatching = () => {}

  /** The target is dialled while the administrator's ssh still asks for a channel: that hides most of the dial. */
  constructor(parts: TargetSessionParts, owner: TargetSessionOwner) {
    this.#parts = parts
    this.#owner = owner
    this.#entrance = new Entrance(owner.destination.target.clientSlug, { ...parts, begun: () => this.#live() })
    this.#way = parts.targetAccess.prepare(owner, owner.destination)
    void this.#way.then((way) => this.#watch(way))
  }

  /** Takes a session channel of the administrator to the target. */
  openChannel(offer: ChannelOffer): void {
    const refuse = (why: Refusal): void => this.#owner.refuse(offer, why)
    this.#guard(this.#arrived(offer, refuse), refuse)
  }

  openOn(offer: ChannelOffer, why: (text: string) => void): void {
    const refuse = (refusal: Refusal): void => why(refusalText(refusal))
    this.#guard(this.#openChannel(offer, refuse), refuse)
  }

  get target(): string {
    return fullTargetName(this.#owner.destination.target)
  }

  async enter(named: NamedPurpose): Promise<Entry | { readonly refused: string }> {
    const way = await this.#way
    if (!('link' in way)) return { refused: refusalText(way) }
    if (this.#ended !== undefined) return { refused: this.#ended }
    return this.#entrance.enter(named, way.policy)
  }

  whileWaiting(gone: (reason: string) => void): () => void {
    return this.#entrance.whileWaiting(gone)
  }

  /** Ends what waits for somebody to say what it is for, so that the terminal reads why. */
  dismiss(reason: string): void {
    this.#entrance.dismiss(reason)
  }

  /** Takes a channel of the administrator that leads through the target, read from the offer. */
  openForward(offer: ChannelOffer, wish: ForwardWish): void {
    this.#guard(this.#openForward(offer, wish), (why) => this.#owner.refuse(offer, why))
  }

  /** Lets the target listen for the administrator, or no longer; undefined: refused. */
  async listen({ action, wish }: ListenRequest): Promise<GlobalAnswer> {
    const begun = await this.#begin()
    if ('refused' in begun && begun.refused === UNSAID) this.#bridges.tell(TOO_EARLY_TO_LISTEN)
    if (!this.#connected || isRefusal(begun)) return undefined
    const { forwards } = begun
    return new Promise((resolve) =>
      action === 'begin' ? forwards.listen(wish, resolve) : forwards.unlisten(wish, resolve),
    )
  }

  /** The connection has closed, or nobody will open a channel any more. Closing twice does nothing. */
  closed(reason: string): void {
    if (!this.#connected) return
    this.#connected = false
    this.#stopWatching()
    this.#bridges.lost()
    this.#forwards?.lost()
    void this.#live()?.then((session) => session?.close(this.#endReason ?? reason))
    void this.#way.then((way) => 'link' in way && way.link.close())
  }

  /** The session as soon as it begins; none where it was refused. */
  #live(): Promise<LiveSession | undefined> | undefined {
    return this.#begun?.then(
      (begun) => (isRefusal(begun) ? undefined : begun.session),
      () => undefined,
    )
  }

  async #arrived(offer: ChannelOffer, refuse: (why: Refusal) => void): Promise<void> {
    const way = await this.#way
    const isHeld = 'link' in way && this.#ended === undefined && (await this.#entrance.mustSay(way.policy))
    if (!isHeld) await this.#openChannel(offer, refuse)
    else if (this.#connected) this.#entrance.hold(offer, this)
  }

  async #openChannel(offer: ChannelOffer, refuse: (why: Refusal) => void): Promise<void> {
    const begun = await this.#begin()
    if (!this.#connected) return
    if (isRefusal(begun)) return refuse(begun)
    const { session, link } = begun
    const recorder = session.recorder.channel()
    let named: NamedPurpose = {}
    const bridge: Bridge = new Bridge({
      recorder,
      presence: session.channelPresence(),
      judge: (type, fields) => {
        const judged = this.#judge(begun, bridge, type, fields)
        if (judged.fate === 'name') named = { ...named, ...judged.named }
        // What a channel names counts when its program starts.
        if (judged.fate !== 'forward' || !STARTS.has(type)) return judged
        return { ...judged, after: this.#entrance.take(named) }
      },
      failed: (error) => this.#broken(session, error),
      closed: () => {
        this.#bridges.delete(bridge)
        if (this.#bridges.size === 0) this.#owner.idle()
      },
    })
    link.openSession({
      listener: bridge.fromTarget,
      inWindow: bridge.windowFor(offer.window),
      opened: (target) => {
        if (this.#ended !== undefined) {
          target.close()
          recorder.close(() => {})
          return refuse({ refused: this.#ended })
        }
        this.#bridges.add(bridge)
        bridge.connect(offer.accept(bridge.fromStaff, bridge.windowFor(target.outWindow)), target)
      },
      refused: (text) => {
        recorder.close(() => {})
        refuse({ refused: `${this.target} refuses a session: ${text}` })
      },
    })
  }

  /** Signed in at the target, with nothing begun: that must not outlive the right to it either. */
  #watch(way: Way): void {
    if (!('link' in way) || !this.#connected || this.#begun !== undefined) return
    const { sourceAddress, ownKey } = this.#owner
    const about = { ...way.about, sourceAddress, ownKey }
    this.#stopWatching = this.#parts.sessions.watchAhead(about, (reason) => {
      this.#ended = reason
      way.link.close()
      this.dismiss(reason)
    })
  }

  async #openForward(offer: ChannelOffer, wish: ForwardWish): Promise<void> {
    const begun = await this.#begin()
    if (!this.#connected) return
    if (isRefusal(begun)) this.#owner.refuse(offer, begun)
    else begun.forwards.offered(offer, wish)
  }

  #guard(opening: Promise<void>, refuse: (why: Refusal) => void): void {
    opening.catch((error: unknown) => {
      this.#parts.log(`a channel could not be opened: ${String(error)}`)
      refuse({ refused: explainFailure(error) })
    })
  }

  /** The session, begun by whatever of it comes first. */
  async #begin(): Promise<Begun | Refusal> {
    const way = await this.#way
    if (!('link' in way)) return way
    // A session that begins after the connection has ended would never end itself.
    if (!this.#connected) return { refused: 'the connection has closed' }
    if (this.#begun === undefined && this.#ended !== undefined) return { refused: this.#ended }
    // What can name nothing, such as a port to listen on, does not keep out what can.
    if (this.#begun === undefined && (await this.#entrance.mustSay(way.policy))) return { refused: UNSAID }
    const begun = await (this.#begun ??= this.#openSession(way))
    return this.#ended === undefined || isRefusal(begun) ? begun : { refused: this.#ended }
  }

  async #openSession({ target, link, about }: Extract<Way, { link: unknown }>): Promise<Begun | Refusal> {
    const { sourceAddress, ownKey } = this.#owner
    const session = await this.#parts.sessions.open({ ...about, ...this.#entrance.settled, sourceAddress, ownKey })
    this.#stopWatching()
    if ('refused' in session) {
      link.close()
      return session
    }
    const forwards = new Forwards({
      target,
      session,
      link,
      openToStaff: (type, wish) => this.#owner.openChannel(type, wish),
      tell: (words) => this.#bridges.tell(words),
      failed: (error) => this.#broken(session, error),
      log: this.#parts.log,
    })
    this.#forwards = forwards
    session.onEnd((end) => this.#end(end))
    session.onWarning((text) => this.#bridges.warn(text))
    session.onPolicy(({ forward }) => forwards.keepTo(forward))
    link.onClosed(() => this.#targetLeft(`${target} closed the connection`))
    return { session, link, forwards }
  }

  #judge({ forwards }: Begun, bridge: Bridge, type: string, fields: Buffer): RequestFate {
    const judged = judgeRequest(type, fields)
    if (judged.fate === 'lend') return { fate: forwards.lend(judged.what, judged.once) ? 'forward' : 'refuse' }
    if (STARTS.has(type)) this.#bridges.starts(bridge)
    return judged
  }

  /** A fault of ours in one session ends that session. */
  #broken(session: LiveSession, error: unknown): void {
    this.#parts.log(`session ${session.id} is ended: ${describe(error)}`)
    session.end({ reason: UNFORESEEN, recorded: true })
  }

  /** Where nothing runs any more, whoever is done leaves by himself, with the status of his command. */
  #targetLeft(reason: string): void {
    if (this.#bridges.size > 0 || this.#forwards?.active === true) this.#end({ reason, recorded: true })
    else this.#ended = reason
  }

  #end({ reason, recorded }: SessionEnd): void {
    if (!this.#connected) return
    if (this.#endReason !== undefined) return
    this.#ended = reason
    this.#endReason = reason
    this.dismiss(reason)
    this.#bridges.end(reason, recorded)
    this.#forwards?.end(reason, recorded)
    setTimeout(() => this.#owner.disconnect(reason), LEAVE_MS)
  }
}

/** For the log: where it was thrown tells whoever mends it more than what. */
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
