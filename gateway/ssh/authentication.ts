import { fingerprint } from '../access/fingerprint.ts'
import type { Staff, StaffStore } from '../access/staff.ts'
import type { TrailNotes } from '../access/trail-notes.ts'
import { whyOut, type Visitor } from '../access/visitor.ts'
import { GatewayError } from '../errors.ts'
import { disconnectReason, message } from '../transport/message.ts'
import type { Transport } from '../transport/transport.ts'
import { boolean, string, wireMessage, WireReader } from '../transport/wire.ts'
import type { CompanionKeys } from './companion-keys.ts'
import { codeAnswer, codeQuestion } from './code-question.ts'
import type { FidoRules } from './fido-rules.ts'
import { judgeKey, readKeyRequest, type KeyRequest } from './judge-key.ts'
import type { SecondFactor } from './second-factor.ts'
import type { StaffIdentity } from './staff-identity.ts'

/** Signing agents hold many keys, and each one offered counts (sshd's MaxAuthTries is 6), as every message does. */
const MESSAGES_MAX = 20
/** Messages that arrive while the database is asked wait; nobody honest sends more ahead. */
const WAITING_MAX = 8
/** Wrong codes on one connection; OpenSSH asks its user three times as well. */
const CODES_MAX = 3
/** RFC 4252 §6: from here on messages belong to what runs after the sign-in. */
const FIRST_OF_CONNECTION = 80

export interface AuthenticatedStaff {
  readonly staff: Staff
  /** As typed: it says where to go, never who somebody is. */
  readonly userName: string
  /** Undefined where a connection around this one had proven it. */
  readonly key?: Buffer
  /** As in `Visitor`; inside `ssh -J` that of the connection around, where it was enough. */
  readonly ownKey: string | undefined
  /** As in `Visitor`; inside `ssh -J` that of the connection around, where it was enough. */
  readonly goodUntil: Date | undefined
  /** Whether a second factor was proven: here, around here, or not long ago. */
  readonly gaveCode: boolean
}

export interface AuthenticationParts extends FidoRules {
  readonly staff: Pick<StaffStore, 'byId' | 'keyUsed'>
  readonly identity: Pick<StaffIdentity, 'whose'>
  readonly secondFactor: Pick<SecondFactor, 'demand' | 'whyNot'>
  readonly sourceAddress: string
  readonly companionKeys: CompanionKeys
  /** Inside `ssh -J`: nobody but this person, whose key is proven already; `suffices` asks for no other proof. */
  readonly around?: Pick<Visitor, 'staff' | 'ownKey' | 'goodUntil'> & {
    readonly suffices: boolean
    readonly gaveCode: boolean
  }
  readonly trail: Pick<TrailNotes, 'note'>
  succeeded(who: AuthenticatedStaff): void
  readonly log: (line: string) => void
}

/** RFC 4252 in the server's role: the key says who somebody is; then, where it is asked for, a code (RFC 4256). */
export class Authentication {
  readonly #transport: Transport
  readonly #parts: AuthenticationParts
  readonly #unknown = new Set<string>()
  #messages = 0
  #waiting = 0
  #turn: Promise<void> = Promise.resolve()
  #over = false
  /** Whose key is proven, under this user name, while the code is still missing (RFC 4252 §5.1, partial success). */
  #half: Omit<AuthenticatedStaff, 'gaveCode'> | undefined
  /** A code is asked for and was not given yet. */
  #asked = false
  #wrongCodes = 0
  #hasFailed = false

  constructor(transport: Transport, parts: AuthenticationParts) {
    this.#transport = transport
    this.#parts = parts
  }

  /** Takes the messages 50 and up. They are answered one at a time, in order. */
  handle(payload: Buffer): void {
    const [type = 0] = payload
    if (type >= FIRST_OF_CONNECTION) return this.#transport.fail(new Error(`message ${type} before the sign-in`))
    if (this.#over || (type !== message.userauthRequest && type !== message.userauthInfoResponse)) return
    if (++this.#waiting > WAITING_MAX) return this.#transport.fail(new Error('too many requests at once'))
    this.#turn = this.#turn
      .then(() => (this.#over ? undefined : this.#take(Buffer.from(payload))))
      .catch((error: unknown) => this.#trouble(error))
      .finally(() => this.#waiting--)
  }

  /** The connection closed: a database answer that is still to come changes nothing. */
  stop(): void {
    this.#over = true
  }

  /** Whether anything was tried that is wrong: a key, a signature, a code, a password. */
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  #take(payload: Buffer): Promise<void> | void {
    if (++this.#messages > MESSAGES_MAX) return this.#dismiss('too many keys were tried')
    const reader = new WireReader(payload, 1)
    if (payload[0] === message.userauthInfoResponse) return this.#codeGiven(reader)
    // RFC 4252 §5.1: a new request takes the place of the one that is under way.
    this.#asked = false
    const [userName, service, method] = [reader.text(), reader.text(), reader.text()]
    // RFC 4252 §5: what was proven under another name counts no more.
    if (this.#half?.userName !== userName || service !== 'ssh-connection') this.#half = undefined
    if (service !== 'ssh-connection') return this.#refuse()
    if (this.#half === undefined && method === 'none') return this.#byNone(userName)
    if (this.#half === undefined && method === 'publickey') return this.#byKey(userName, payload, reader)
    if (this.#half === undefined || method !== 'keyboard-interactive') return this.#refuse()
    // RFC 4256 §3.1: whatever the language and the submethods are.
    reader.string()
    reader.string()
    this.#asked = true
    this.#transport.send(codeQuestion(this.#half.staff.login))
  }

  /** Inside `ssh -J` the connection around has proven the key, and mostly the code as well. */
  async #byNone(userName: string): Promise<void> {
    const { around, secondFactor, sourceAddress } = this.#parts
    if (around?.suffices !== true) return this.#fail()
    const { gaveCode, ownKey, goodUntil } = around
    // It may be old: what it knew of the person is read again.
    const staff = await this.#parts.staff.byId(around.staff.id)
    if (staff === undefined || whyOut(staff, { sourceAddress, ownKey }) !== undefined) return this.#fail()
    const isFree = gaveCode || (await secondFactor.demand({ staff, sourceAddress })) === 'nothing'
    if (this.#over) return
    if (isFree) this.#succeed({ staff, userName, ownKey, goodUntil, gaveCode })
    else this.#fail()
  }

  async #byKey(userName: string, payload: Buffer, reader: WireReader): Promise<void> {
    const request = readKeyRequest(payload, reader, this.#transport.sessionId())
    const judged = await judgeKey(request, { ...this.#parts, only: this.#parts.around?.staff })
    if (this.#over) return
    switch (judged.verdict) {
      case 'proven': {
        const { staff, key, ownKey, goodUntil } = judged
        return this.#keyProven({ staff, userName, key, ownKey, goodUntil })
      }
      case 'would do':
        return this.#askForSignature(request)
      case 'wrong':
        return this.#refuse()
      case 'refused':
        return this.#unwelcome(request.blob, judged.why)
      case 'nobody knows it':
        return this.#unwelcome(request.blob)
    }
  }

  async #keyProven(who: Omit<AuthenticatedStaff, 'gaveCode'>): Promise<void> {
    const { around, secondFactor, sourceAddress } = this.#parts
    if (around?.gaveCode === true) return this.#succeed({ ...who, gaveCode: true })
    const demand = await secondFactor.demand({ staff: who.staff, sourceAddress })
    if (this.#over) return
    if (demand === 'nothing') return this.#succeed({ ...who, gaveCode: who.staff.totpSince !== undefined })
    if (demand === 'a code') {
      this.#half = who
      return this.#fail({ partialSuccess: true })
    }
    const { login } = who.staff
    this.#say(`${login} needs a second factor here; an administrator sets it up with: gatebook staff totp ${login}`)
    this.#fail()
  }

  async #codeGiven(reader: WireReader): Promise<void> {
    const half = this.#half
    if (!this.#asked || half === undefined) return this.#transport.fail(new Error('an answer to no question'))
    this.#asked = false
    const typed = codeAnswer(reader)
    if (typed === undefined) return this.#refuse()
    const { sourceAddress, secondFactor } = this.#parts
    const why = await secondFactor.whyNot({ staff: half.staff, sourceAddress }, typed)
    if (this.#over) return
    if (why === undefined) return this.#succeed({ ...half, gaveCode: true })
    if (++this.#wrongCodes >= CODES_MAX) return this.#dismiss(why)
    this.#say(why)
    this.#refuse()
  }

  #succeed(who: AuthenticatedStaff): void {
    this.#over = true
    for (const print of this.#unknown) this.#parts.companionKeys.add(print)
    this.#transport.send(wireMessage(message.userauthSuccess))
    this.#parts.succeeded(who)
    if (who.key === undefined) return
    const person = `staff:${who.staff.login}`
    const detail = { by: 'ssh', sourceAddress: this.#parts.sourceAddress, key: fingerprint(who.key) }
    this.#parts.trail.note({ actor: person, action: 'sign-in', subject: person, detail })
    // Only a stamp for people to read: a failure to write it must keep nobody out.
    this.#parts.staff.keyUsed(who.key).catch(() => {})
  }

  /** SSH_MSG_USERAUTH_PK_OK names the algorithm as it was asked: Dropbear takes it literally (research B13). */
  #askForSignature({ algorithm, blob }: KeyRequest): void {
    this.#transport.send(wireMessage(message.userauthMethod60, string(algorithm), string(blob)))
  }

  #unwelcome(blob: Buffer, why?: string): void {
    const print = fingerprint(blob)
    if (why !== undefined) {
      this.#say(why)
    } else if (!this.#parts.companionKeys.has(print) && this.#unknown.size === 0) {
      this.#say(`nobody is known by the key ${print}; an administrator adds it with: gatebook staff key add`)
    }
    this.#unknown.add(print)
    this.#refuse()
  }

  #trouble(error: unknown): void {
    if (this.#over) return
    if (error instanceof Error && error.name === 'WireError') return this.#transport.fail(error)
    const isAway = error instanceof GatewayError && error.code === 'database-unavailable'
    if (!isAway) this.#parts.log(`somebody from ${this.#parts.sourceAddress} could not be judged: ${String(error)}`)
    const why = isAway ? 'the database does not answer' : 'an error in the gateway; its log has the details'
    this.#say(`who you are cannot be looked up now (${why}); try again in a minute`)
    this.#fail()
  }

  /** RFC 4252 §5.4: a banner is the one thing a client shows before it is let in. */
  #say(text: string): void {
    this.#transport.send(wireMessage(message.userauthBanner, string(`gatebook: ${text}\r\n`), string('')))
  }

  #refuse(): void {
    this.#hasFailed = true
    this.#fail()
  }

  /** Names the method that can go on: where the key is proven, the code alone. */
  #fail({ partialSuccess = false } = {}): void {
    const next = this.#half === undefined ? 'publickey' : 'keyboard-interactive'
    this.#transport.send(wireMessage(message.userauthFailure, string(next), boolean(partialSuccess)))
  }

  #dismiss(why: string): void {
    this.#over = true
    this.#hasFailed = true
    this.#transport.disconnect(disconnectReason.noMoreAuthMethods, `gatebook: ${why}`)
  }
}
