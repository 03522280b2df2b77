import type { Socket } from 'node:net'
import Protocol, { type AlgorithmLists, type HostKey } from 'ssh2/lib/protocol/Protocol.js'
import { MLKEM_EXCHANGE } from '#gateway/transport/algorithms.ts'
import { message } from '#gateway/transport/message.ts'
import { mlkemExchange } from '#gateway/transport/mlkem-exchange.ts'
import { wireMessage, WireReader, type WireField } from '#gateway/transport/wire.ts'

/** SSH_MSG_SERVICE_ACCEPT of RFC 4253, which ssh2 reads for us. */
export const SERVICE_ACCEPTED = 6

/** RFC 4253 §12. */
const KEXINIT = 20

/** What a deaf peer needs of ssh2 beyond what is declared for the gateway. */
type OpenProtocol = Protocol & { _onPayload: (payload: Buffer) => void }

/** An SSH peer that keeps to RFC 4253 and, above it, sends whatever a test wants and judges nothing. */
export class RawPeer {
  readonly socket: Socket
  /** What was said when the connection closed: the text of the disconnect message, or ''. */
  readonly closed: Promise<string>
  readonly #protocol: OpenProtocol
  readonly #inbox: Buffer[] = []
  readonly #waiting: { readonly types: readonly number[]; take: (payload: Buffer | undefined) => void }[] = []
  #goodbye = ''
  #isClosed = false
  readonly #awaitingKeys: (() => void)[] = []
  /** Whether channel data is counted and let go of, where there is too much of it to keep. */
  onlyCountsData = false
  /** Bytes of the data let go of. */
  dataBytes = 0
  /** Signature algorithms the gateway said it takes (RFC 8308). */
  signatureAlgorithms: readonly string[] = []

  constructor(socket: Socket, offer: AlgorithmLists, hostKey?: HostKey) {
    this.socket = socket
    const role = hostKey === undefined ? { hostVerifier: () => true } : { hostKeys: { [hostKey.type]: hostKey } }
    this.#protocol = new Protocol({
      server: hostKey !== undefined,
      ...role,
      ident: 'RawPeer',
      offer,
      keyExchanges: { [MLKEM_EXCHANGE]: mlkemExchange },
      onWrite: (data) => socket.write(data),
      onError: (error) => socket.destroy(error),
      onHandshakeComplete: () => this.#keysAgreed(),
      onMessage: (payload) => this.#hear(Buffer.from(payload)),
      messageHandlers: {
        SERVICE_REQUEST: (protocol, name) => protocol.serviceAccept(name),
        SERVICE_ACCEPT: () => this.#hear(Buffer.of(SERVICE_ACCEPTED)),
        DISCONNECT: (_, _reason, text) => (this.#goodbye = text),
        EXT_INFO: (_, extensions) => (this.signatureAlgorithms = extensions.flatMap(({ algs }) => algs ?? [])),
      },
    }) as OpenProtocol
    // Of RFC 4253's own messages the one that a test may ask for; ssh2 keeps it to itself.
    const { _onPayload: take } = this.#protocol
    this.#protocol._onPayload = (payload) => {
      if (payload[0] === message.unimplemented) this.#hear(Buffer.from(payload))
      take(payload)
    }
    socket.on('data', (chunk) => {
      try {
        this.#protocol.parse(chunk, 0, chunk.length)
      } catch {
        socket.destroy()
      }
    })
    socket.on('error', () => {})
    this.closed = new Promise((resolve) =>
      socket.once('close', () => {
        this.#isClosed = true
        this.#keysAgreed()
        for (const { take } of this.#waiting.splice(0)) take(undefined)
        resolve(this.#goodbye)
      }),
    )
    this.#protocol.start()
  }

  /** Kept when the next key exchange is done, or when there will be none. */
  nextKeys(): Promise<void> {
    return new Promise((resolve) => this.#awaitingKeys.push(resolve))
  }

  sessionId(): Buffer {
    return this.#protocol.sessionID() ?? Buffer.alloc(0)
  }

  send(...fields: readonly WireField[]): void {
    if (!this.#isClosed) this.#protocol.sendMessage(wireMessage(...fields))
  }

  requestService(name: string): void {
    this.#protocol.service(name)
  }

  /** Begins a key exchange; the promise is kept when it is done. */
  rekey(): Promise<void> {
    const done = this.nextKeys()
    this.#protocol.rekey()
    return done
  }

  /** From the second key exchange on, as if nobody had asked for one; to be called before the first. */
  ignoreNewKeys(): void {
    const { _onPayload: take } = this.#protocol
    this.#protocol._onPayload = (payload) => {
      if (payload[0] !== KEXINIT) take(payload)
    }
  }

  /** The oldest message of this number that no test took yet, read behind its number. Throws when there will be none. */
  async next(type: number): Promise<WireReader> {
    return new WireReader(await this.nextOf(type), 1)
  }

  /** The oldest message of one of these numbers that no test took yet. Throws when there will be none. */
  async nextOf(...types: readonly number[]): Promise<Buffer> {
    const at = this.#inbox.findIndex((payload) => types.includes(payload[0] ?? 0))
    if (at >= 0) return this.#inbox.splice(at, 1)[0] ?? Buffer.alloc(0)
    const payload = await new Promise<Buffer | undefined>((resolve) => {
      if (this.#isClosed) resolve(undefined)
      else this.#waiting.push({ types, take: resolve })
    })
    if (payload === undefined) throw new Error(`closed without message ${types.join(' or ')}: ${this.#goodbye}`)
    return payload
  }

  /** How many messages of this number nobody took yet. */
  count(type: number): number {
    return this.#inbox.filter((payload) => payload[0] === type).length
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }

  #keysAgreed(): void {
    for (const then of this.#awaitingKeys.splice(0)) then()
  }

  #hear(payload: Buffer): boolean {
    const at = this.#waiting.findIndex(({ types }) => types.includes(payload[0] ?? 0))
    if (at >= 0) this.#waiting.splice(at, 1)[0]?.take(payload)
    else if (this.onlyCountsData && payload[0] === message.channelData) this.dataBytes += payload.length - 9
    else this.#inbox.push(payload)
    return true
  }
}
