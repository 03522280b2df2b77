import type { Socket } from 'node:net'
import { message } from '#gateway/transport/message.ts'
import { boolean, string, uint32, wireMessage } from '#gateway/transport/wire.ts'
import type { Chance } from '#test/harness/chance.ts'
import { closeOf } from '#test/harness/echo-server.ts'
import { askForSession, channelData, channelRequest, confirmed, signedInClient } from '#test/harness/raw-client.ts'
import type { RawPeer } from '#test/harness/raw-peer.ts'
import { targetConversations } from './conversations.ts'
import { mutateMessages } from './mutation.ts'
import { echoing, serverPeer } from './servers.ts'
import type { FuzzRun, Played, Stage } from './stage.ts'
import { babble, garble, goodbye, orSoon, say } from './talking.ts'

/** A target whose bytes differ somewhere, before there are keys or behind. */
const handshake = targetRun('handshake of a target', async (socket, { hostile }, chance) => {
  const garbled = garble(socket, chance)
  const peer = serverPeer(socket, hostile.hostKey)
  echoing(peer)
  await orSoon(peer, peer.nextKeys())
  const heard = await goodbye(peer)
  return { done: [garbled()], heard }
})

const bytes = targetRun('bytes of a target', async (socket, _, chance) => {
  const done = babble(socket, chance)
  socket.resume().end()
  await closeOf(socket)
  return { done: [done], heard: '' }
})

/** What a target may answer to a sign-in, all of it. */
const signInAnswers = [
  wireMessage(message.userauthBanner, string('Welcome\r\n'), string('')),
  wireMessage(message.userauthMethod60, string(''), string(''), string(''), uint32(1), string('?'), boolean(false)),
  wireMessage(message.userauthFailure, string('publickey,password,keyboard-interactive'), boolean(true)),
  wireMessage(
    message.userauthMethod60,
    string('name'),
    string('do'),
    string(''),
    uint32(2),
    string('?'),
    boolean(true),
  ),
  wireMessage(message.userauthFailure, string('publickey'), boolean(false)),
  wireMessage(message.userauthSuccess),
]

const signIn = targetRun('sign-in of a target', async (socket, { hostile }, chance) => {
  const peer = serverPeer(socket, hostile.hostKey)
  await orSoon(peer, peer.next(message.userauthRequest))
  const answers = signInAnswers.filter((answer) => answer[0] !== message.userauthFailure || chance(3) === 0)
  const { messages, done } = mutateMessages(answers, chance)
  for (const payload of messages) peer.send(payload)
  return { done, heard: await goodbye(peer) }
})

/** Everything that sshd says behind its sign-in, for one recorded conversation. */
const sessions = [...targetConversations].map(([conversation, original]) =>
  targetRun(`${conversation} of a target`, async (socket, { hostile }, chance) => {
    const peer = serverPeer(socket, hostile.hostKey)
    await orSoon(peer, peer.next(message.userauthRequest))
    peer.send(message.userauthSuccess)
    const { messages, done } = mutateMessages(original, chance)
    // An answer that comes before its question is a breach, and nothing behind it would be read.
    if (chance(8) !== 0) await orSoon(peer, peer.next(message.channelOpen))
    await say(peer, messages)
    if (chance(8) === 0) await orSoon(peer, peer.rekey())
    return { done, heard: await goodbye(peer) }
  }),
)

export const targetRuns: readonly FuzzRun[] = [handshake, bytes, signIn, ...sessions]

/** Somebody signs in for `web2.acme` and works there, whatever that is this time. */
function targetRun(
  name: string,
  misbehave: (socket: Socket, stage: Stage, chance: Chance) => Promise<Played>,
): FuzzRun {
  return {
    name,
    async play(stage, chance) {
      const { hostile } = stage
      const played = new Promise<Played>((resolve, reject) => {
        hostile.serve = (socket) => {
          hostile.serve = (another) => another.destroy()
          misbehave(socket, stage, chance).then(resolve, reject)
        }
      })
      using staff = await signedInClient(stage.gateway.sshPort, 'web2.acme', stage.key)
      await orSoon(staff, work(staff))
      return played
    },
  }
}

async function work(staff: RawPeer): Promise<void> {
  askForSession(staff)
  const channel = await confirmed(staff)
  staff.send(channelRequest(channel, 'exec', true, string('cat')))
  staff.send(channelData(channel, 'hello\n'))
  staff.send(message.channelEof, uint32(channel))
  await staff.next(message.channelClose)
}
