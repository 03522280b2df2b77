import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { hostKeyAlgorithms, offerToTarget } from '#gateway/transport/algorithms.ts'
import { message } from '#gateway/transport/message.ts'
import { boolean, string, uint32, wireMessage } from '#gateway/transport/wire.ts'
import { closeOf } from '#test/harness/echo-server.ts'
import { signedInClient, signedRequest } from '#test/harness/raw-client.ts'
import { RawPeer, SERVICE_ACCEPTED } from '#test/harness/raw-peer.ts'
import { newKey } from '#test/harness/test-key.ts'
import { staffConversations } from './conversations.ts'
import { mutateMessages, noise } from './mutation.ts'
import type { FuzzRun, Stage } from './stage.ts'
import { babble, garble, goodbye, orSoon, say } from './talking.ts'

const SERVICE_REQUEST = 5
const unknownKey = newKey('ssh-ed25519')

/** A client whose bytes differ somewhere, before there are keys or behind. */
const handshake: FuzzRun = {
  name: 'handshake of a client',
  async play(stage, chance) {
    const socket = knock(stage)
    const garbled = garble(socket, chance)
    using peer = new RawPeer(socket, offerToTarget(hostKeyAlgorithms))
    await orSoon(peer, peer.nextKeys())
    peer.requestService('ssh-userauth')
    await orSoon(peer, peer.next(SERVICE_ACCEPTED))
    peer.send(signedRequest(peer, 'web1.acme', stage.key))
    await orSoon(peer, peer.next(message.userauthSuccess))
    await say(peer, staffConversations.get('exec') ?? [])
    const heard = await goodbye(peer)
    return { done: [garbled()], heard }
  },
}

/** No SSH at all, and sometimes nobody who waits for an answer. */
const bytes: FuzzRun = {
  name: 'bytes of a client',
  async play(stage, chance) {
    const socket = knock(stage)
    const done = babble(socket, chance)
    const isEnded = chance(2) === 0
    if (isEnded) socket.end()
    await Promise.race([closeOf(socket), sleep(50)])
    socket.destroy()
    return { done: [done], heard: '' }
  },
}

/** The messages of a sign-in, those of every method. */
const signIn: FuzzRun = {
  name: 'sign-in of a client',
  async play(stage, chance) {
    using peer = new RawPeer(knock(stage), offerToTarget(hostKeyAlgorithms))
    await orSoon(peer, peer.nextKeys())
    const { messages, done } = mutateMessages(signInMessages(peer, stage), chance)
    for (const payload of messages) peer.send(payload)
    await orSoon(peer, peer.next(message.userauthSuccess))
    return { done, heard: await goodbye(peer) }
  },
}

function signInMessages(peer: RawPeer, { key }: Stage): Buffer[] {
  const request = (method: string, ...fields: Buffer[]) =>
    wireMessage(message.userauthRequest, string('web1.acme'), string('ssh-connection'), string(method), ...fields)
  return [
    wireMessage(SERVICE_REQUEST, string('ssh-userauth')),
    request('none'),
    request('publickey', boolean(false), string(unknownKey.algorithm), string(unknownKey.blob)),
    request('password', boolean(false), string('secret')),
    request('keyboard-interactive', string(''), string('')),
    wireMessage(message.userauthInfoResponse, uint32(1), string('123456')),
    request('hostbased', string('ssh-ed25519'), string(unknownKey.blob), string('host'), string('user'), string('sig')),
    request('publickey', boolean(false), string(key.algorithm), string(key.blob)),
    signedRequest(peer, 'web1.acme', unknownKey),
    signedRequest(peer, 'web1.acme', key),
  ]
}

/** Everything that ssh says once it is let in, for one recorded conversation. */
const sessions: readonly FuzzRun[] = [...staffConversations].map(([conversation, original]) => ({
  name: `${conversation} of a client`,
  async play(stage, chance) {
    const userName = conversation === 'menu' || conversation === 'service' ? 'nobody' : 'web1.acme'
    using peer = await signedInClient(stage.gateway.sshPort, userName, stage.key)
    const { messages, done } = mutateMessages(original, chance)
    await say(peer, messages)
    if (chance(8) === 0) await orSoon(peer, peer.rekey())
    return { done, heard: await goodbye(peer) }
  },
}))

/** SSH inside `ssh -J`, its bytes changed on the way. */
const jump: FuzzRun = {
  name: 'jump of a client',
  async play(stage, chance) {
    using peer = await signedInClient(stage.gateway.sshPort, 'nobody', stage.key)
    const where = [string('web1.acme'), uint32(22), string('127.0.0.1'), uint32(65_535)]
    const channel = uint32(0)
    const inner = chance(2) === 0 ? noise(chance(500), chance) : Buffer.alloc(chance(100_000), chance(256))
    const original = [
      wireMessage(message.channelOpen, string('direct-tcpip'), channel, uint32(2 ** 21), uint32(32_768), ...where),
      wireMessage(message.channelData, channel, string('SSH-2.0-Inner\r\n')),
      wireMessage(message.channelData, channel, string(inner.subarray(0, 32_000))),
      wireMessage(message.channelWindowAdjust, channel, uint32(1000)),
      wireMessage(message.channelEof, channel),
      wireMessage(message.channelClose, channel),
    ]
    const { messages, done } = mutateMessages(original, chance)
    await say(peer, messages)
    return { done, heard: await goodbye(peer) }
  },
}

export const staffRuns: readonly FuzzRun[] = [handshake, bytes, signIn, jump, ...sessions]

function knock({ gateway }: Stage): Socket {
  const socket = connect({ port: gateway.sshPort, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => {})
  return socket.on('data', () => {})
}
