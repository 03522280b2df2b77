import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { message } from '#gateway/transport/message.ts'
import { string, uint32 } from '#gateway/transport/wire.ts'
import type { Chance } from '#test/harness/chance.ts'
import type { RawPeer } from '#test/harness/raw-peer.ts'
import { mutateBytes, noise } from './mutation.ts'

/** Whoever gets no answer goes on after this time: nothing depends on it but how fast the runs are. */
const IMPATIENCE_MS = 300
/** Far longer than an answer takes on a busy machine. */
const PATIENCE_MS = 60_000
/** Our number of a channel that is asked for only to be refused. */
const PING = 0xf000_0000
const AWAITED_MAX = 10

/** Resolves with the promise, at the end of the connection, or soon. */
export async function orSoon(peer: RawPeer, promise: Promise<unknown>): Promise<void> {
  const soon = sleep(IMPATIENCE_MS, undefined, { ref: false })
  await Promise.race([promise.catch(() => {}), peer.closed, soon])
}

/** Throws where it takes so long that the gateway must have stopped for good; `otherwise` says what did not come. */
export async function within<Value>(promise: Promise<Value>, otherwise: string): Promise<Value> {
  const tooLong = sleep(PATIENCE_MS, undefined, { ref: false }).then(() => {
    throw new Error(`${otherwise} for ${PATIENCE_MS / 1000} s`)
  })
  return Promise.race([promise, tooLong])
}

/** Says a conversation; behind each channel that is asked for, waits for the answer, unless it is one of a flood. */
export async function say(peer: RawPeer, conversation: readonly Buffer[]): Promise<void> {
  let asked = 0
  for (const payload of conversation) {
    peer.send(payload)
    if (payload[0] !== message.channelOpen || ++asked > AWAITED_MAX) continue
    await orSoon(peer, peer.nextOf(message.channelOpenConfirmation, message.channelOpenFailure))
  }
}

/**
 * Ends the connection when all that was sent is dealt with; gives the last words of the gateway, where it has ended it
 * before.
 */
export async function goodbye(peer: RawPeer): Promise<string> {
  // Nobody opens channels of such a type.
  peer.send(message.channelOpen, string('ping@fuzz'), uint32(PING), uint32(0), uint32(32_768))
  const answered = async () => {
    while ((await peer.next(message.channelOpenFailure)).uint32() !== PING);
  }
  await orSoon(peer, answered())
  peer.socket.destroy()
  return peer.closed
}

/** Says noise in pieces, behind a first line of SSH or not; gives how much. */
export function babble(socket: Socket, chance: Chance): string {
  const ident = chance(2) === 0 ? Buffer.from('SSH-2.0-Fuzz\r\n') : noise(chance(40), chance)
  const rest = chance(2) === 0 ? noise(chance(2000), chance) : Buffer.alloc(chance(200_000), chance(256))
  const all = Buffer.concat([ident, rest])
  for (let at = 0; at < all.length;) {
    const end = at + 1 + chance(all.length)
    socket.write(all.subarray(at, end))
    at = end
  }
  return `${all.length} bytes`
}

/** From now on one write of the socket, one of the next twelve, says something else; gives what, when it is done. */
export function garble(socket: Socket, chance: Chance): () => string {
  let [left, what] = [chance(12), 'nothing']
  const write = socket.write.bind(socket) as (data: Buffer) => boolean
  socket.write = ((data: Buffer) => {
    if (left-- !== 0) return write(data)
    const { bytes, done } = mutateBytes(data, chance)
    what = done
    return write(bytes)
  }) as typeof socket.write
  return () => what
}
