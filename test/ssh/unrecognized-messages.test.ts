import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message } from '#gateway/transport/message.ts'
import { boolean, string } from '#gateway/transport/wire.ts'
import type { RawPeer } from '#test/harness/raw-peer.ts'
import { rawWorld, type RawWorld } from './raw-world.ts'

/** SSH2_MSG_PING, which we do not offer (PROTOCOL.md). */
const PING = 192

let world: RawWorld
beforeAll(async () => {
  world = await rawWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

describe.each(['staff', 'target'] as const)('a message of %s with a number that nobody knows', (side) => {
  it('is answered by UNIMPLEMENTED with its number in the stream, and changes nothing else', async () => {
    using ends = await world.pair()
    const peer: RawPeer = ends[side]
    const answers = []
    for (const number of [PING, 83, 101]) {
      peer.send(number, string('whatever it says'))
      answers.push((await peer.next(message.unimplemented)).uint32())
    }
    const [first = 0] = answers
    expect(answers).toEqual([first, first + 1, first + 2])
    peer.send(message.globalRequest, string('keepalive@openssh.com'), boolean(true))
    await peer.next(message.requestFailure)
  })

  it('that an answer would be to something we asked for gets none', async () => {
    using ends = await world.pair()
    const peer: RawPeer = ends[side]
    peer.send(message.requestSuccess)
    peer.send(message.requestFailure)
    peer.send(message.globalRequest, string('keepalive@openssh.com'), boolean(true))
    await peer.next(message.requestFailure)
    expect(peer.count(message.unimplemented)).toBe(0)
  })
})
