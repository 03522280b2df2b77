import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { AlgorithmLists } from 'ssh2/lib/protocol/Protocol.js'
import { offerToStaff } from '#gateway/transport/algorithms.ts'
import { message } from '#gateway/transport/message.ts'
import { RawPeer } from './raw-peer.ts'
import { hostKeyOf, newKey, type TestKey } from './test-key.ts'

/** A server that lets everybody in and then does what a test wants. */
export interface RawTarget {
  readonly port: number
  readonly hostKey: TestKey
  /** The next connection that reached the end of its sign-in. */
  peer(): Promise<RawPeer>
  [Symbol.asyncDispose](): Promise<void>
}

interface Oddities {
  /** Algorithms that it offers in place of ours. */
  readonly change?: Partial<AlgorithmLists>
  /** What it says before its name. */
  readonly greeting?: string
}

/** `signIn` decides what becomes of a connection, before there are keys; by default anybody is let in. */
export async function rawTarget(
  signIn: (peer: RawPeer) => Promise<void> = letIn,
  { change, greeting }: Oddities = {},
): Promise<RawTarget> {
  const hostKey = newKey('ssh-ed25519')
  const offer = { ...offerToStaff([hostKey.algorithm]), ...change }
  const arrived: RawPeer[] = []
  const awaited: ((peer: RawPeer) => void)[] = []
  const server = createServer({ noDelay: true }, (socket) => {
    if (greeting !== undefined) socket.write(greeting)
    const peer = new RawPeer(socket, offer, hostKeyOf(hostKey))
    const arrive = () => {
      const waiting = awaited.shift()
      if (waiting === undefined) arrived.push(peer)
      else waiting(peer)
    }
    signIn(peer).then(arrive, () => socket.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    hostKey,
    peer: () =>
      new Promise((resolve) => (arrived.length > 0 ? resolve(arrived.shift() as RawPeer) : awaited.push(resolve))),
    async [Symbol.asyncDispose]() {
      server.close()
      for (const peer of arrived) peer.socket.destroy()
      await once(server, 'close')
    },
  }
}

async function letIn(peer: RawPeer): Promise<void> {
  await peer.next(message.userauthRequest)
  peer.send(message.userauthSuccess)
}
