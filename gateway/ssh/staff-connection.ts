import type { Duplex } from 'node:stream'
import type { StaffStore } from '../access/staff.ts'
import type { TrailNotes } from '../access/trail-notes.ts'
import { isOver } from '../access/visitor.ts'
import { offerToStaff } from '../transport/algorithms.ts'
import type { ChannelOffer, ChannelWish } from '../transport/channels.ts'
import { ConnectionLayer } from '../transport/connection-layer.ts'
import type { GlobalAnswer } from '../transport/global-requests.ts'
import { disconnectReason, openFailure } from '../transport/message.ts'
import { Transport, type Broken, type ServerHostKey } from '../transport/transport.ts'
import { Authentication, type AuthenticatedStaff } from './authentication.ts'
import type { CompanionKeys } from './companion-keys.ts'
import { parseDestination, type Destination } from './destination.ts'
import type { FidoRules } from './fido-rules.ts'
import { readForwardedChannel, readListenRequest } from './forward-wish.ts'
import { answerChannel } from './gateway-channel.ts'
import { GatewayDesk, type GatewayDeskParts } from './gateway-desk.ts'
import { openInnerConnection, type InnerIdentity } from './inner-connection.ts'
import type { Offence } from './penalties.ts'
import type { PeopleInside, PersonInside } from './people-inside.ts'
import { CERTIFICATE_OVER } from './refusal-texts.ts'
import type { SecondFactor } from './second-factor.ts'
import { signatureAlgorithms } from './signature.ts'
import type { StaffIdentity } from './staff-identity.ts'
import { TargetSession } from './target-session.ts'

export interface StaffConnectionParts extends GatewayDeskParts, FidoRules {
  readonly hostKeys: Readonly<Record<string, ServerHostKey>>
  readonly staff: Pick<StaffStore, 'byId' | 'keyUsed'>
  readonly identity: Pick<StaffIdentity, 'whose'>
  readonly secondFactor: Pick<SecondFactor, 'demand' | 'whyNot'>
  readonly trail: Pick<TrailNotes, 'note'>
  readonly peopleInside: Pick<PeopleInside, 'enter' | 'leave'>
  readonly companionKeys: CompanionKeys
  readonly loginGraceS: number
}

/** Where a connection comes from. */
export interface Arrival {
  readonly sourceAddress: string
  /** Inside `ssh -J`: who is already known on the connection around this one, and where it leads. */
  readonly inner?: InnerIdentity
}

export interface StaffConnectionEvents {
  /** The grace time ends. */
  authenticated(): void
  /** Comes once; with what the connection did that nobody signed in on. */
  closed(offence: Offence | undefined): void
}

/** One SSH transport from a staff member's machine, from its first byte to its last. */
export class StaffConnection {
  readonly #parts: StaffConnectionParts
  readonly #arrival: Arrival
  readonly #transport: Transport
  readonly #authentication: Authentication
  readonly #closed: (offence: Offence | undefined) => void
  #layer: ConnectionLayer | undefined
  #session: TargetSession | undefined
  #desk: GatewayDesk | undefined
  #person: PersonInside | undefined
  #serves = false

  constructor(stream: Duplex, arrival: Arrival, parts: StaffConnectionParts, events: StaffConnectionEvents) {
    this.#parts = parts
    this.#arrival = arrival
    this.#closed = (offence) => events.closed(offence)
    const offer = (client: string) => offerToStaff(Object.keys(parts.hostKeys), client)
    const role = { role: 'server', hostKeys: parts.hostKeys, signatureAlgorithms } as const
    this.#transport = new Transport(stream, offer, role, {
      secured: () => {},
      serviceRequested: (name) => this.#serve(name),
      message: (payload) => (this.#layer ?? this.#authentication).handle(payload),
      closed: (cause, broken) => this.#end(cause, broken),
    })
    this.#authentication = new Authentication(this.#transport, {
      ...parts,
      sourceAddress: arrival.sourceAddress,
      ...(arrival.inner === undefined ? {} : { around: arrival.inner }),
      succeeded: (who) => {
        events.authenticated()
        this.#welcome(who)
      },
    })
  }

  /** Ends what the gateway itself shows, so that whoever looks at it leaves with his terminal as it was. */
  dismiss(reason: string): void {
    this.#desk?.end(reason)
    this.#session?.dismiss(reason)
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

  #welcome(who: AuthenticatedStaff): void {
    const { staff, userName, ownKey, goodUntil } = who
    const { sourceAddress } = this.#arrival
    const openChannel = (type: string, wish: ChannelWish) => this.#layer?.open(type, wish)
    this.#desk = new GatewayDesk(this.#parts, { staff, sourceAddress, ownKey, goodUntil, openChannel })
    this.#person = {
      staff,
      sourceAddress,
      ownKey,
      dismiss: (reason) => this.dismiss(reason),
      disconnect: (reason) => this.disconnect(reason),
    }
    this.#parts.peopleInside.enter(this.#person)
    const destination = this.#destination(userName)
    if (destination.kind === 'target') {
      this.#session = new TargetSession(this.#parts, {
        staff,
        sourceAddress,
        ownKey,
        goodUntil,
        destination,
        openChannel,
        disconnect: (reason) => this.disconnect(reason),
        // Another channel may come as long as the connection stands.
        idle: () => {},
        refuse: (offer, why) =>
          'unknown' in why ? this.#offeredHere(who, why.unknown, offer) : refuse(offer, why.refused),
      })
    }
    this.#layer = new ConnectionLayer(
      this.#transport,
      (offer) => this.#offered(who, destination, offer),
      (type, fields) => this.#asked(type, fields),
    )
  }

  /** Inside `ssh -J` the way is known, and the user name is the login on the target. */
  #destination(userName: string): Destination {
    const { inner } = this.#arrival
    if (inner === undefined) return parseDestination(userName)
    if (inner.target === undefined) return { kind: 'gateway', typed: inner.host }
    return { kind: 'target', target: inner.target, login: userName }
  }

  #offered(who: AuthenticatedStaff, destination: Destination, offer: ChannelOffer): void {
    if (isOver(who, this.#parts.clock.now())) return refuse(offer, CERTIFICATE_OVER)
    if (destination.kind === 'gateway') return this.#offeredHere(who, destination.typed, offer)
    if (offer.type === 'session') return this.#session?.openChannel(offer)
    const wish = readForwardedChannel('staff', offer.type, offer.fields)
    if (wish === undefined) refuse(offer, `the gateway does not allow ${offer.type} here`)
    else this.#session?.openForward(offer, wish)
  }

  /**
   * Takes a channel where no target is known as `typed`; whose local name looks like a target's, such as
   * `ivan.petrov`, sends that to the bastion of his `ssh -J`.
   */
  #offeredHere({ staff, ownKey, goodUntil, gaveCode }: AuthenticatedStaff, typed: string, offer: ChannelOffer): void {
    const { sourceAddress, inner: around } = this.#arrival
    if (offer.type === 'session') {
      const meant = this.#session === undefined && around === undefined ? 'the gateway' : 'a target'
      return this.#desk?.serve(offer, typed, meant)
    }
    if (offer.type !== 'direct-tcpip' || around !== undefined) {
      return refuse(offer, `the gateway does not allow ${offer.type} here`)
    }
    openInnerConnection(offer, this.#parts, {
      staff,
      ownKey,
      goodUntil,
      gaveCode,
      begin: (stream, inner, events) => new StaffConnection(stream, { sourceAddress, inner }, this.#parts, events),
    })
  }

  /** A global request: who works on a target may ask it to listen. */
  #asked(type: string, fields: Buffer): Promise<GlobalAnswer> | undefined {
    const request = readListenRequest(type, fields)
    return request && this.#session?.listen(request)
  }

  #offence(broken: Broken | undefined): Offence {
    if (broken !== undefined) return broken === 'by the peer' ? 'breach' : 'fault'
    return this.#authentication.hasFailed ? 'failed sign-in' : 'no sign-in'
  }

  #end(cause: Error | undefined, broken: Broken | undefined): void {
    this.#authentication.stop()
    if (broken === 'by a fault of ours') {
      this.#parts.log(`a message from ${this.#arrival.sourceAddress} met a fault of ours: ${cause?.stack}`)
    }
    if (this.#person !== undefined) this.#parts.peopleInside.leave(this.#person)
    this.#layer?.closed()
    this.#session?.closed(cause === undefined ? 'closed' : cause.message.replace(/^gatebook: /, ''))
    this.#closed(this.#person === undefined ? this.#offence(broken) : undefined)
  }
}

/** Of a session, the reason is told on stderr: OpenSSH shows that of no other way. */
function refuse(offer: ChannelOffer, text: string): void {
  if (offer.type !== 'session') return offer.refuse(openFailure.prohibited, `gatebook: ${text}`)
  answerChannel(offer, () => Promise.resolve({ output: '', errors: [text], exitStatus: 255 }))
}
