import type { Duplex } from 'node:stream'
import Protocol, { type AlgorithmLists, type HostKey } from 'ssh2/lib/protocol/Protocol.js'
import { MLKEM_EXCHANGE } from './algorithms.ts'
import { readFairly } from './fair-reading.ts'
import { KeyAge, keyLimit, type KeyLimit } from './key-age.ts'
import { disconnectReason, message } from './message.ts'
import { mlkemExchange } from './mlkem-exchange.ts'
import { string, uint32, WireError, wireMessage } from './wire.ts'
import { gatheredWrites, holdKexInit } from './write-timing.ts'

/** How the protocol was broken: by the peer alone, or so that an error of ours came out. */
export type Broken = 'by the peer' | 'by a fault of ours'

/** What a transport tells its owner. `closed` comes exactly once and last. */
export interface TransportEvents {
  /** Keys are agreed for the first time. */
  secured(): void
  /** The peer asks for a service (RFC 4253 §10); server role only. */
  serviceRequested?(name: string): void
  /** The service that we asked for is there; client role only. */
  serviceAccepted?(): void
  /** Signature algorithms the server takes (RFC 8308 §3.1); client role only. */
  signatureAlgorithms?(names: readonly string[]): void
  /** A message above the transport layer, number 50 and up. Throwing ends the connection as a protocol error. */
  message(payload: Buffer): void
  closed(cause: Error | undefined, broken: Broken | undefined): void
}

/** A host key of ours: signs `data` for its type; ECDSA in ASN.1 DER. */
export type ServerHostKey = HostKey

export type TransportRole = {
  /** When we ask for new keys ourselves; RFC 4253 §9 by default. */
  readonly keyLimit?: KeyLimit
} & (
  | {
      readonly role: 'server'
      readonly hostKeys: Readonly<Record<string, ServerHostKey>>
      /** What a client may sign with (RFC 8308 §3.1). */
      readonly signatureAlgorithms: readonly string[]
    }
  /** `verifyHostKey` answers at once, at every key exchange: an answer given later breaks rekeys (research B8). */
  | { readonly role: 'client'; verifyHostKey(key: Buffer): boolean }
)

/** What is offered; where it depends on it, by the software that the peer says it is, such as `OpenSSH_10.2`. */
export type Offer = AlgorithmLists | ((peer: string) => AlgorithmLists)

/** After we said goodbye, a peer that stays connected is cut off (research B18). */
const GOODBYE_MS = 2000
/** Well above what the windows of all channels let wait. */
const AWAITING_KEYS_MAX = 64 * 1024 * 1024
/** What a packet costs in memory beside its bytes. */
const PACKET_OVERHEAD = 256
/** No goodbye goes with it: that would wait for the keys too. */
const NO_NEW_KEYS = 'no answer to new keys'
/** What ssh2 throws where OpenSSL finds a tag that does not fit, and where it does not look whether padding fits. */
const WORDS_OF_SSH2: readonly (readonly [RegExp, string])[] = [
  [/^error:[0-9A-Fa-f]+:/, 'a packet was changed on its way'],
  [/^Invalid typed array length: -/, 'a packet is shorter than its padding'],
]
/**
 * What a server says before its name (RFC 4253 §4.2). ssh2 takes 8 MiB, and reads all of it again with each piece that
 * comes: a trickle would hold up everybody.
 */
const GREETING_MAX = 32 * 1024
/** Ours on the wire; it names no version. */
const IDENT = 'Gatebook'

/** Whether the installed ssh2 carries our patch: without it the gateway must not start. */
export function transportIsPatched(): boolean {
  const { sendMessage, setOffer } = Protocol.prototype as Partial<Protocol>
  return typeof sendMessage === 'function' && typeof setOffer === 'function'
}

/** RFC 4253 over a stream, by ssh2; everything above it is ours. Owns the stream and closes it. */
export class Transport {
  readonly #stream: Duplex
  readonly #events: TransportEvents
  readonly #protocol: Protocol
  readonly #awaitingDrain: (() => void)[] = []
  readonly #keyAge: KeyAge
  #secured = false
  #isNamed = false
  /** Bytes before the peer's name. */
  #greeting = 0
  /** Bytes that wait inside ssh2 for the end of a key exchange. */
  #awaitingKeys = 0
  #closed = false
  /** A goodbye waits for new keys, and for it the stream. */
  #leaving = false
  #cause: Error | undefined
  #broken: Broken | undefined

  constructor(stream: Duplex, offer: Offer, as: TransportRole, events: TransportEvents) {
    this.#stream = stream
    this.#events = events
    this.#keyAge = new KeyAge(as.keyLimit ?? keyLimit, {
      renew: () => this.#protocol.rekey(),
      unanswered: () => this.#end(new Error(NO_NEW_KEYS)),
      tooOften: () => this.fail(new Error('new keys are asked for too often')),
    })
    const hold = as.role === 'server' ? holdKexInit(stream) : undefined
    this.#protocol = new Protocol({
      server: as.role === 'server',
      ...(as.role === 'server'
        ? { hostKeys: as.hostKeys, serverSigAlgs: as.signatureAlgorithms }
        : { hostVerifier: (key) => as.verifyHostKey(key) }),
      ident: IDENT,
      offer: typeof offer === 'function' ? offer('') : offer,
      onHeader: ({ versions }) => {
        this.#isNamed = true
        if (typeof offer === 'function') this.#protocol.setOffer(offer(versions.software))
      },
      keyExchanges: { [MLKEM_EXCHANGE]: mlkemExchange },
      onWrite: gatheredWrites(stream),
      onError: (error) => this.fail(error),
      onHandshakeComplete: () => this.#keysAgreed(),
      onMessage: (payload) => {
        if (!this.#closed) events.message(payload)
        return true
      },
      messageHandlers: {
        SERVICE_REQUEST: (_, name) => {
          if (!this.#closed) events.serviceRequested?.(name)
        },
        SERVICE_ACCEPT: () => events.serviceAccepted?.(),
        DISCONNECT: (_, _reason, text) => this.#end(text === '' ? undefined : new Error(printable(text))),
        EXT_INFO: (_, extensions) => {
          for (const { algs } of extensions) if (algs !== undefined) events.signatureAlgorithms?.(algs)
        },
      },
    })
    stream.on('error', (error) => this.#end(error))
    stream.on('close', () => this.#end(undefined))
    stream.on('end', () => this.#end(undefined))
    stream.on('drain', () => this.#drained())
    readFairly(stream, (chunk) => {
      hold?.(chunk)
      this.#parse(chunk)
    })
    this.#protocol.start()
  }

  /** RFC 4253 §7.2. Only after `secured`. */
  sessionId(): Buffer {
    const id = this.#protocol.sessionID()
    if (id === undefined) throw new Error('keys are not agreed yet')
    return id
  }

  send(payload: Buffer): void {
    if (this.#closed) return
    this.#protocol.sendMessage(payload)
    this.#sent(payload.length)
  }

  /** `data` must fit one packet of the peer. */
  sendData(channel: number, data: Buffer): void {
    if (this.#closed) return
    this.#protocol.channelData(channel, data)
    this.#sent(data.length)
  }

  sendExtendedData(channel: number, code: number, data: Buffer): void {
    if (this.#closed) return
    this.#protocol.channelExtData(channel, data, code)
    this.#sent(data.length)
  }

  requestService(name: string): void {
    this.#protocol.service(name)
  }

  acceptService(name: string): void {
    this.#protocol.serviceAccept(name)
  }

  /** Says of the message that is being handled that nobody here knows its number (RFC 4253 §11.4). */
  unrecognized(): void {
    // ssh2 has counted it already.
    this.send(wireMessage(message.unimplemented, uint32((this.#protocol._decipher.inSeqno - 1) >>> 0)))
  }

  /** Bytes that the peer's TCP has not taken yet, or that wait for new keys. */
  get backlog(): number {
    return this.#stream.writableLength + this.#awaitingKeys
  }

  /** Calls once when a backlog has gone; never when there is none. */
  whenDrained(then: () => void): void {
    this.#awaitingDrain.push(then)
  }

  /** Says goodbye with a reason of RFC 4253 §11.1 and a text, then closes. */
  disconnect(reason: number, text: string): void {
    if (this.#closed) return
    this.#cause ??= new Error(text)
    this.send(wireMessage(message.disconnect, uint32(reason), string(text), string('')))
    // While keys are exchanged it waits inside ssh2, and so do the last words on the channels before it.
    this.#leaving = this.#secured && this.#protocol._kexinit !== undefined
    this.#end(undefined)
  }

  /** The peer broke the protocol. */
  fail(thrown: Error): void {
    if (this.#closed) return
    const known = WORDS_OF_SSH2.find(([words]) => words.test(thrown.message))
    const error = known === undefined ? thrown : new Error(known[1])
    this.#cause = error
    // What JavaScript itself throws (TypeError, RangeError …) tells a stranger about our insides.
    const isSaid = error.name === 'Error' || error instanceof WireError
    this.#broken = isSaid ? 'by the peer' : 'by a fault of ours'
    this.disconnect(disconnectReason.protocolError, isSaid ? error.message : 'a message that cannot be read')
  }

  /** Keys are agreed, for the first time or anew: ssh2 has sent what waited for them. */
  #keysAgreed(): void {
    if (this.#closed) return this.#hangUp()
    this.#awaitingKeys = 0
    this.#keyAge.renewed()
    if (this.#closed) return
    if (!this.#stream.writableNeedDrain) this.#drained()
    if (this.#secured) return
    this.#secured = true
    this.#events.secured()
  }

  #sent(bytes: number): void {
    this.#keyAge.moved(bytes)
    if (this.#protocol._kexinit === undefined) return
    this.#awaitingKeys += bytes + PACKET_OVERHEAD
    // Whoever asks and asks, and leaves our KEXINIT unanswered, must not fill the memory with answers.
    if (this.#awaitingKeys > AWAITING_KEYS_MAX) this.#end(new Error(NO_NEW_KEYS))
  }

  #drained(): void {
    for (const then of this.#awaitingDrain.splice(0)) then()
  }

  #parse(chunk: Buffer): void {
    if (this.#closed && !this.#leaving) return
    if (!this.#closed) this.#keyAge.moved(chunk.length)
    try {
      this.#protocol.parse(chunk, 0, chunk.length)
      if (!this.#isNamed && (this.#greeting += chunk.length) > GREETING_MAX) {
        throw new Error('too much is said before the name')
      }
    } catch (error) {
      if (this.#closed) return this.#hangUp()
      this.fail(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #end(cause: Error | undefined): void {
    if (this.#closed) return
    this.#closed = true
    this.#keyAge.stop()
    if (!this.#leaving) this.#hangUp()
    setTimeout(() => {
      this.#hangUp()
      this.#stream.destroy()
    }, GOODBYE_MS).unref()
    this.#events.closed(this.#cause ?? cause, this.#broken)
  }

  #hangUp(): void {
    this.#leaving = false
    this.#stream.end()
    // ssh2 may be in the middle of parsing: what it holds is freed when it has returned.
    setImmediate(() => this.#protocol.cleanup())
  }
}

/** What a peer says is shown to people: no control characters, no novel. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\u00a0-\ud7ff\ue000-\uffff]/g, '?').slice(0, 200)
}
