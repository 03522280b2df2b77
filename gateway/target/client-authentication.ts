import { sign } from 'node:crypto'
import { message } from '../transport/message.ts'
import type { Transport } from '../transport/transport.ts'
import { boolean, string, uint32, wireMessage, WireReader } from '../transport/wire.ts'
import type { TargetCredentials } from './credentials.ts'

const SERVICE = 'ssh-connection'
const KEY_TYPE = 'ssh-ed25519'
/** A target that asks more questions than this at once is not asking for a password (research B6). */
const PROMPTS_MAX = 8
/** PAM asks for the password and then, in a second round, for nothing; a few more are enough for anybody. */
const ROUNDS_MAX = 4

type Method = 'publickey' | 'password' | 'keyboard-interactive'

/** Signs in to a target by RFC 4252: the support key first, then the vault's password where there is one. */
export class ClientAuthentication {
  readonly #transport: Transport
  readonly #login: string
  readonly #credentials: TargetCredentials
  readonly #tried = new Set<Method>()
  #rounds = 0

  constructor(transport: Transport, login: string, credentials: TargetCredentials) {
    this.#transport = transport
    this.#login = login
    this.#credentials = credentials
  }

  start(): void {
    this.#tryKey()
  }

  /** Takes messages until the target has decided. Banners are for people who are not there yet: passed over. */
  handle(payload: Buffer): 'undecided' | 'accepted' | 'refused' {
    const reader = new WireReader(payload, 1)
    switch (payload[0] ?? 0) {
      case message.userauthSuccess:
        return 'accepted'
      case message.userauthFailure:
        return this.#tryNext(reader.text().split(',')) ? 'undecided' : 'refused'
      case message.userauthMethod60:
        return this.#answerPrompts(reader) ? 'undecided' : 'refused'
      default:
        return 'undecided'
    }
  }

  #tryNext(offered: readonly string[]): boolean {
    const { password } = this.#credentials
    if (password === undefined) return false
    if (offered.includes('password') && !this.#tried.has('password')) {
      this.#request('password', boolean(false), string(password))
      return true
    }
    if (offered.includes('keyboard-interactive') && !this.#tried.has('keyboard-interactive')) {
      this.#request('keyboard-interactive', string(''), string(''))
      return true
    }
    return false
  }

  /** RFC 4256 §3.2: the password answers the one hidden question; anything else is not for us. */
  #answerPrompts(reader: WireReader): boolean {
    if (!this.#tried.has('keyboard-interactive') || ++this.#rounds > ROUNDS_MAX) return false
    reader.string()
    reader.string()
    reader.string()
    const count = reader.uint32()
    if (count > PROMPTS_MAX) return false
    const answers: Buffer[] = []
    for (let i = 0; i < count; i++) {
      reader.string()
      const echoed = reader.boolean()
      answers.push(string(echoed ? '' : (this.#credentials.password ?? '')))
    }
    this.#transport.send(wireMessage(message.userauthInfoResponse, uint32(count), ...answers))
    return true
  }

  #tryKey(): void {
    const { privateKey, publicBlob } = this.#credentials
    const fields = [boolean(true), string(KEY_TYPE), string(publicBlob)]
    const request = this.#message('publickey', ...fields)
    // RFC 4252 §7: the session identifier and the request itself are signed.
    const signature = sign(null, Buffer.concat([string(this.#transport.sessionId()), request]), privateKey)
    this.#tried.add('publickey')
    this.#transport.send(Buffer.concat([request, string(wireMessage(string(KEY_TYPE), string(signature)))]))
  }

  #request(method: Method, ...fields: Buffer[]): void {
    this.#tried.add(method)
    this.#transport.send(this.#message(method, ...fields))
  }

  #message(method: Method, ...fields: Buffer[]): Buffer {
    return wireMessage(message.userauthRequest, string(this.#login), string(SERVICE), string(method), ...fields)
  }
}
