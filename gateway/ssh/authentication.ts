import { fingerprint } from '../access/fingerprint.ts'
import type { Staff, StaffStore } from '../access/staff.ts'
import { disconnectReason, message } from '../transport/message.ts'
import type { Transport } from '../transport/transport.ts'
import { boolean, string, wireMessage, WireReader } from '../transport/wire.ts'
import { proves } from './signature.ts'
import type { Identity, StaffIdentity } from './staff-identity.ts'

/** Signing agents hold many keys, and each one offered counts (sshd's MaxAuthTries is 6), as every request does. */
const REQUESTS_MAX = 20
/** Requests that arrive while the database is asked wait; nobody honest sends more ahead. */
const WAITING_MAX = 8
/** RFC 4252 §6: from here on messages belong to what runs after the sign-in. */
const FIRST_OF_CONNECTION = 80

export interface AuthenticatedStaff {
  readonly staff: Staff
  /** As typed: it says where to go, never who somebody is. */
  readonly userName: string
  /** Undefined where a connection around this one had proven it. */
  readonly key?: Buffer
}

export interface AuthenticationParts {
  readonly staff: Pick<StaffStore, 'keyUsed'>
  readonly identity: Pick<StaffIdentity, 'whose'>
  readonly sourceAddress: string
  /** Keys that stood in an agent beside a good one: offering them again deserves no lecture. */
  readonly companionKeys: Set<string>
  /** Inside `ssh -J`: nobody but this person, whose key is proven already; `suffices` asks for no other proof. */
  readonly around?: { readonly staff: Staff; readonly suffices: boolean }
  succeeded(who: AuthenticatedStaff): void
}

/** RFC 4252 in the server's role: public keys only, and the key alone says who somebody is. */
export class Authentication {
  readonly #transport: Transport
  readonly #parts: AuthenticationParts
  readonly #unknown = new Set<string>()
  #requests = 0
  #waiting = 0
  #turn: Promise<void> = Promise.resolve()
  #over = false

  constructor(transport: Transport, parts: AuthenticationParts) {
    this.#transport = transport
    this.#parts = parts
  }

  /** Takes the messages 50 and up. Requests are answered one at a time, in order. */
  handle(payload: Buffer): void {
    const [type = 0] = payload
    if (type >= FIRST_OF_CONNECTION) return this.#transport.fail(new Error(`message ${type} before the sign-in`))
    if (type !== message.userauthRequest || this.#over) return
    if (++this.#waiting > WAITING_MAX) return this.#transport.fail(new Error('too many requests at once'))
    this.#turn = this.#turn
      .then(() => (this.#over ? undefined : this.#request(Buffer.from(payload))))
      .catch((error: unknown) => this.#trouble(error))
      .finally(() => this.#waiting--)
  }

  /** The connection closed: a database answer that is still to come changes nothing. */
  stop(): void {
    this.#over = true
  }

  async #request(payload: Buffer): Promise<void> {
    if (++this.#requests > REQUESTS_MAX) {
      this.#over = true
      return this.#transport.disconnect(disconnectReason.noMoreAuthMethods, 'gatebook: too many keys were tried')
    }
    const reader = new WireReader(payload, 1)
    const [userName, service, method] = [reader.text(), reader.text(), reader.text()]
    const { around } = this.#parts
    if (service === 'ssh-connection' && method === 'none' && around?.suffices === true) {
      return this.#succeed({ staff: around.staff, userName })
    }
    if (service !== 'ssh-connection' || method !== 'publickey') return this.#fail()
    const signs = reader.boolean()
    const [algorithm, blob] = [reader.text(), reader.string()]
    const unsignedLength = payload.length - reader.remaining
    const signature = signs ? reader.string() : undefined
    const { sourceAddress } = this.#parts
    const identity = await this.#parts.identity.whose({ algorithm, blob, sourceAddress })
    if (this.#over) return
    if (identity === undefined || 'refused' in identity) return this.#unwelcome(blob, identity)
    const { staff } = identity
    if (staff.disabledAt !== undefined) {
      return this.#unwelcome(blob, { refused: `${staff.login} is disabled; ask an administrator` })
    }
    if (around !== undefined && around.staff.id !== staff.id) return this.#fail()
    if (signature === undefined) return this.#askForSignature(algorithm, blob)
    const signed = Buffer.concat([string(this.#transport.sessionId()), payload.subarray(0, unsignedLength)])
    if (!proves({ ...identity, signature, signed })) return this.#fail()
    this.#succeed({ staff, userName, key: identity.key })
  }

  #succeed(who: AuthenticatedStaff): void {
    this.#over = true
    for (const print of this.#unknown) this.#parts.companionKeys.add(print)
    this.#transport.send(wireMessage(message.userauthSuccess))
    this.#parts.succeeded(who)
    // Only a stamp for people to read: a failure to write it must keep nobody out.
    if (who.key !== undefined) this.#parts.staff.keyUsed(who.key).catch(() => {})
  }

  /** SSH_MSG_USERAUTH_PK_OK names the algorithm as it was asked: Dropbear takes it literally (research B13). */
  #askForSignature(algorithm: string, key: Buffer): void {
    this.#transport.send(wireMessage(message.userauthMethod60, string(algorithm), string(key)))
  }

  #unwelcome(blob: Buffer, identity: Extract<Identity, { refused: string }> | undefined): void {
    const print = fingerprint(blob)
    if (identity !== undefined) {
      this.#say(identity.refused)
    } else if (!this.#parts.companionKeys.has(print) && this.#unknown.size === 0) {
      this.#say(`nobody is known by the key ${print}; an administrator adds it with: gatebook staff key add`)
    }
    this.#unknown.add(print)
    this.#fail()
  }

  #trouble(error: unknown): void {
    if (this.#over) return
    if (error instanceof Error && error.name === 'WireError') return this.#transport.fail(error)
    this.#say('who you are cannot be looked up now (the database does not answer); try again in a minute')
    this.#fail()
  }

  /** RFC 4252 §5.4: a banner is the one thing a client shows before it is let in. */
  #say(text: string): void {
    this.#transport.send(wireMessage(message.userauthBanner, string(`gatebook: ${text}\r\n`), string('')))
  }

  #fail(): void {
    this.#transport.send(wireMessage(message.userauthFailure, string('publickey'), boolean(false)))
  }
}
