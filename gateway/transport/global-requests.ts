import { message } from './message.ts'
import type { Transport } from './transport.ts'
import { boolean, string, WireError, wireMessage, WireReader } from './wire.ts'

/** Requests of a peer that wait for their answer; one that asks and asks is cut off. */
const UNANSWERED_MAX = 256

/** What a request is answered with: bytes of its own (RFC 4254 §7.1), or undefined where it is refused. */
export type GlobalAnswer = Buffer | undefined

/** Judges and performs a request of the peer; undefined: refused at once. Throws `WireError`. */
export type AnswerGlobal = (type: string, fields: Buffer) => Promise<GlobalAnswer> | undefined

/** Of an answer among others; given or not. */
interface Place {
  given: readonly [GlobalAnswer] | undefined
}

/** Global requests of one connection in both directions (RFC 4254 §4); answers go out in the order of the requests. */
export class GlobalRequests {
  readonly #transport: Transport
  readonly #answer: AnswerGlobal
  readonly #asked: ((answer: GlobalAnswer) => void)[] = []
  readonly #unanswered: Place[] = []
  #closed = false

  constructor(transport: Transport, answer: AnswerGlobal) {
    this.#transport = transport
    this.#answer = answer
  }

  /** Takes a message numbered 80 to 82; false for any other. */
  handle(payload: Buffer): boolean {
    if (payload[0] === message.globalRequest) this.#take(new WireReader(payload, 1))
    else if (payload[0] === message.requestSuccess) this.#asked.shift()?.(Buffer.from(payload.subarray(1)))
    else if (payload[0] === message.requestFailure) this.#asked.shift()?.(undefined)
    else return false
    return true
  }

  /** Asks the peer; a connection that closes first refuses. `answered` is called before the next message is read. */
  ask(type: string, fields: Buffer, answered: (answer: GlobalAnswer) => void): void {
    if (this.#closed) return answered(undefined)
    this.#asked.push(answered)
    this.#transport.send(wireMessage(message.globalRequest, string(type), boolean(true), fields))
  }

  closed(): void {
    this.#closed = true
    this.#unanswered.length = 0
    for (const answered of this.#asked.splice(0)) answered(undefined)
  }

  #take(reader: WireReader): void {
    const [type, wantReply, fields] = [reader.text(), reader.boolean(), reader.rest()]
    if (wantReply && this.#unanswered.length >= UNANSWERED_MAX) throw new WireError('too many unanswered requests')
    const answering = this.#answer(type, fields)
    const place: Place = { given: answering === undefined ? [undefined] : undefined }
    if (wantReply) this.#unanswered.push(place)
    const give = (answer: GlobalAnswer): void => {
      place.given = [answer]
      this.#sendAnswers()
    }
    answering?.then(give, () => give(undefined))
    this.#sendAnswers()
  }

  #sendAnswers(): void {
    for (let first = this.#unanswered[0]?.given; first !== undefined; first = this.#unanswered[0]?.given) {
      this.#unanswered.shift()
      const [answer] = first
      if (answer === undefined) this.#transport.send(wireMessage(message.requestFailure))
      else this.#transport.send(wireMessage(message.requestSuccess, answer))
    }
  }
}
