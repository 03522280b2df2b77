import type { Duplex } from 'node:stream'
import type { Staff, StaffStore } from '../access/staff.ts'
import type { LiveSession, LiveSessions, SessionEnd } from '../session/live-sessions.ts'
import type { SessionStore } from '../session/session.ts'
import { offerToStaff } from '../transport/algorithms.ts'
import type { ChannelOffer } from '../transport/channels.ts'
import { ConnectionLayer } from '../transport/connection-layer.ts'
import { disconnectReason, openFailure } from '../transport/message.ts'
import { Transport, type ServerHostKey } from '../transport/transport.ts'
import { Authentication, type AuthenticatedStaff } from './authentication.ts'
import { Bridge } from './bridge.ts'
import { judgeRequest, type RequestFate } from './channel-requests.ts'
import { parseDestination } from './destination.ts'
import { answerChannel, type Asked, type Answer } from './gateway-channel.ts'
import { explainFailure } from './refusal-texts.ts'
import type { ServiceCommands } from './service-commands.ts'
import type { TargetAccess, Way } from './target-access.ts'

export interface StaffConnectionParts {
  readonly hostKeys: Readonly<Record<string, ServerHostKey>>
  readonly staff: Pick<StaffStore, 'byKey' | 'keyUsed'>
  readonly companionKeys: Set<string>
  readonly targetAccess: TargetAccess
  readonly sessions: LiveSessions
  readonly sessionStore: Pick<SessionStore, 'setTask'>
  readonly services: ServiceCommands
  readonly log: (line: string) => void
}

/**
 * One SSH transport from a staff member's machine, from its first byte to its last. Its session
 * begins with the first channel to a target and ends with the connection.
 */
export class StaffConnection {
  readonly #parts: StaffConnectionParts
  readonly #sourceAddress: string
  readonly #transport: Transport
  readonly #authentication: Authentication
  readonly #bridges = new Set<Bridge>()
  readonly #closed: () => void
  #layer: ConnectionLayer | undefined
  #way: Promise<Way> | undefined
  #session: Promise<LiveSession | { readonly refused: string }> | undefined
  /** Why no channel to the target opens any more. */
  #ended: string | undefined
  /** What `SetEnv` named and PostgreSQL has not heard yet. */
  #named: { task?: string; reason?: string } | undefined
  #serves = false
  #open = true

  /** `events.authenticated` ends the grace time; `events.closed` comes once. */
  constructor(
    stream: Duplex,
    sourceAddress: string,
    parts: StaffConnectionParts,
    events: { authenticated(): void; closed(): void },
  ) {
    this.#parts = parts
    this.#sourceAddress = sourceAddress
    this.#closed = () => events.closed()
    const role = { role: 'server', hostKeys: parts.hostKeys } as const
    this.#transport = new Transport(stream, offerToStaff(Object.keys(parts.hostKeys)), role, {
      secured: () => {},
      serviceRequested: (name) => this.#serve(name),
      message: (payload) => (this.#layer ?? this.#authentication).handle(payload),
      closed: (cause) => this.#end(cause),
    })
    this.#authentication = new Authentication(this.#transport, {
      staff: parts.staff,
      companionKeys: parts.companionKeys,
      succeeded: (who) => {
        events.authenticated()
        this.#welcome(who)
      },
    })
  }

  /** Says goodbye at once. */
  disconnect(reason: string): void {
    this.#transport.disconnect(disconnectReason.byApplication, `gatebook: ${reason}`)
  }

  #serve(name: string): void {
    if (name !== 'ssh-userauth') {
      this.#transport.disconnect(disconnectReason.serviceNotAvailable, `there is no service ${name} here`)
    } else if (this.#serves) this.#transport.fail(new Error('the service runs already'))
    else {
      this.#serves = true
      this.#transport.acceptService(name)
    }
  }

  /** The target is dialled while the administrator's ssh still asks for a channel: that hides most of the dial. */
  #welcome({ staff, userName }: AuthenticatedStaff): void {
    const destination = parseDestination(userName)
    if (destination.kind === 'target') this.#way = this.#parts.targetAccess.prepare(staff, destination)
    this.#layer = new ConnectionLayer(this.#transport, (offer) => {
      if (offer.type !== 'session') return this.#refuseForward(offer)
      if (destination.kind === 'gateway')
        return answerChannel(offer, (asked) => this.#serveGateway(staff, destination.typed, asked))
      this.#openChannel(staff, offer).catch((error: unknown) => {
        this.#parts.log(`a channel could not be opened: ${String(error)}`)
        refuse(offer, explainFailure(error))
      })
    })
  }

  #refuseForward(offer: ChannelOffer): void {
    offer.refuse(openFailure.prohibited, `the gateway does not allow ${offer.type} here`)
  }

  #serveGateway(staff: Staff, typed: string, { command }: Asked): Promise<Answer> {
    const { services, targetAccess } = this.#parts
    if (services.knows(command)) return services.answer(staff, command)
    return targetAccess.suggest(typed)
  }

  async #openChannel(staff: Staff, offer: ChannelOffer): Promise<void> {
    const way = await (this.#way ?? Promise.reject(new Error('no destination')))
    if ('unknown' in way) return answerChannel(offer, (asked) => this.#serveGateway(staff, way.unknown, asked))
    // A session that begins after the connection has ended would never end itself.
    if (!this.#open) return
    if ('refused' in way) return refuse(offer, way.refused)
    this.#session ??= this.#openSession(way)
    const session = await this.#session
    if (!this.#open) return
    if ('refused' in session) return refuse(offer, session.refused)
    if (this.#ended !== undefined) return refuse(offer, this.#ended)
    const recorder = session.recorder.channel()
    const bridge: Bridge = new Bridge({
      recorder,
      judge: (type, fields) => this.#judge(session, type, fields),
      closed: () => this.#bridges.delete(bridge),
    })
    way.link.openSession({
      listener: bridge.fromTarget,
      inWindow: bridge.windowFor(offer.window),
      opened: (target) => {
        this.#bridges.add(bridge)
        bridge.connect(offer.accept(bridge.fromStaff, bridge.windowFor(target.outWindow)), target)
      },
      refused: (text) => {
        recorder.close(() => {})
        refuse(offer, `${way.target} refuses a session: ${text}`)
      },
    })
  }

  async #openSession(way: Extract<Way, { link: unknown }>): Promise<LiveSession | { readonly refused: string }> {
    const session = await this.#parts.sessions.open({ ...way.about, sourceAddress: this.#sourceAddress })
    if ('refused' in session) {
      way.link.close()
      return session
    }
    session.onEnd((end) => this.#endSession(session, end))
    way.link.onClosed(() => this.#targetLeft(session, `${way.target} closed the connection`))
    return session
  }

  #judge(session: LiveSession, type: string, fields: Buffer): RequestFate['fate'] {
    const judged = judgeRequest(type, fields)
    const named =
      judged.fate === 'name-task'
        ? { task: judged.task }
        : judged.fate === 'give-reason'
          ? { reason: judged.reason }
          : undefined
    if (named !== undefined) this.#name(session, named)
    return judged.fate
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
  #targetLeft(session: LiveSession, reason: string): void {
    if (this.#bridges.size > 0) this.#endSession(session, { reason, recorded: true })
    else this.#ended = reason
  }

  #endSession(session: LiveSession, { reason, recorded }: SessionEnd): void {
    if (!this.#open) return
    this.#ended = reason
    for (const bridge of this.#bridges) bridge.end(reason, recorded)
    const goodbye = () => this.disconnect(reason)
    // The reason reaches the terminal through the journal: the goodbye must not overtake it.
    if (recorded) session.recorder.after(goodbye)
    else goodbye()
  }

  #end(cause: Error | undefined): void {
    this.#open = false
    this.#authentication.stop()
    this.#layer?.closed()
    this.#session?.then(
      (session) => {
        if (!('refused' in session))
          session.close(cause === undefined ? 'closed' : cause.message.replace(/^gatebook: /, ''))
      },
      () => {},
    )
    this.#way?.then(
      (way) => {
        if ('link' in way) way.link.close()
      },
      () => {},
    )
    this.#closed()
  }
}

function refuse(offer: ChannelOffer, text: string): void {
  answerChannel(offer, () => Promise.resolve({ output: '', errors: [text], exitStatus: 255 }))
}
