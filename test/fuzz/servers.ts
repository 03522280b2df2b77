import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { offerToStaff } from '#gateway/transport/algorithms.ts'
import { message } from '#gateway/transport/message.ts'
import { uint32, wireMessage, WireReader } from '#gateway/transport/wire.ts'
import { RawPeer } from '#test/harness/raw-peer.ts'
import { hostKeyOf, newKey, type TestKey } from '#test/harness/test-key.ts'

/** A server on loopback whose connections are dealt with by `serve` of the moment. */
export interface FuzzServer extends AsyncDisposable {
  readonly port: number
  readonly hostKey: TestKey
  serve: (socket: Socket) => void
}

/** Serves a well-behaved peer until told otherwise. */
export async function fuzzServer(): Promise<FuzzServer> {
  const hostKey = newKey('ssh-ed25519')
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    self.serve(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const self: FuzzServer = {
    port: (server.address() as AddressInfo).port,
    hostKey,
    serve: (socket) => echoing(serverPeer(socket, hostKey)),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return self
}

/** The server's half of a handshake on a socket. */
export function serverPeer(socket: Socket, hostKey: TestKey): RawPeer {
  return new RawPeer(socket, offerToStaff([hostKey.algorithm]), hostKeyOf(hostKey))
}

/** Answers keepalives, as every honest peer does. */
export function keepingAlive(peer: RawPeer): void {
  answering(peer, keptAlive)
}

/** Lets everybody in, grants every session and request, and says back what it hears, its end included. */
export function echoing(peer: RawPeer): void {
  answering(peer, { ...keptAlive, ...echoed })
}

/** What is said to a message, by its number; undefined: nothing. */
type Answers = Readonly<Record<number, (reader: WireReader, heard: Buffer) => Buffer | undefined>>

const keptAlive: Answers = {
  [message.globalRequest](reader) {
    reader.string()
    return reader.boolean() ? wireMessage(message.requestFailure) : undefined
  },
}

/** Its channels have the numbers that they have on the other side, so what it hears is what it says. */
const echoed: Answers = {
  [message.userauthRequest]: () => wireMessage(message.userauthSuccess),
  [message.channelOpen](reader) {
    reader.string()
    const channel = uint32(reader.uint32())
    return wireMessage(message.channelOpenConfirmation, channel, channel, uint32(2 ** 31), uint32(32_768))
  },
  [message.channelRequest](reader) {
    const channel = uint32(reader.uint32())
    reader.string()
    return reader.boolean() ? wireMessage(message.channelSuccess, channel) : undefined
  },
  [message.channelData]: (_, heard) => heard,
  [message.channelEof]: (_, heard) => heard,
  [message.channelClose]: (_, heard) => heard,
}

function answering(peer: RawPeer, answers: Answers): void {
  const types = Object.keys(answers).map(Number)
  const answer = async () => {
    for (;;) {
      const heard = await peer.nextOf(...types)
      const said = answers[heard[0] ?? 0]?.(new WireReader(heard, 1), heard)
      if (said !== undefined) peer.send(said)
    }
  }
  answer().catch(() => peer.socket.destroy())
}
