import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message } from '#gateway/transport/message.ts'
import { boolean, string, uint32 } from '#gateway/transport/wire.ts'
import { channelRequest } from '#test/harness/raw-client.ts'
import type { RawPeer } from '#test/harness/raw-peer.ts'
import { rawWorld, type RawSession, type RawWorld } from './raw-world.ts'

let world: RawWorld
beforeAll(async () => {
  world = await rawWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

/** A request as it arrived: type, whether it wants an answer, its fields. */
async function arrived(peer: RawPeer): Promise<[string, boolean, Buffer]> {
  const reader = await peer.next(message.channelRequest)
  reader.uint32()
  return [reader.text(), reader.boolean(), reader.rest()]
}

/** Asks for something the gateway answers itself: everything before is dealt with then. */
async function roundTrip(peer: RawPeer): Promise<void> {
  peer.send(message.globalRequest, string('keepalive@openssh.com'), boolean(true))
  await peer.next(message.requestFailure)
}

async function session(): Promise<RawSession & { ask(type: string, wantReply: boolean, ...fields: Buffer[]): void }> {
  const opened = await world.session()
  return { ...opened, ask: (...words) => opened.staff.send(channelRequest(opened.staffChannel, ...words)) }
}

/** Else the list would show a harmless command that never ran, in the place of the one that does. */
describe('a request of staff', () => {
  it.each([true, false])(
    'for a second program is refused: %s, that the first one wants an answer',
    async (wantsAnswer) => {
      using ends = await session()
      ends.ask('exec', wantsAnswer, string('rm -r /srv'))
      await arrived(ends.target)
      // Neither while the first is not answered nor when it runs.
      ends.ask('exec', false, string('true'))
      if (wantsAnswer) ends.target.send(message.channelSuccess, uint32(ends.targetChannel))
      if (wantsAnswer) await ends.staff.next(message.channelSuccess)
      for (const start of ['exec', 'shell', 'subsystem']) {
        ends.ask(start, true, string('sftp'))
        await ends.staff.next(message.channelFailure)
      }
      await roundTrip(ends.target)
      expect(ends.target.count(message.channelRequest)).toBe(0)
    },
  )

  it('for another program passes behind the refusal of the first, as PuTTY asks', async () => {
    using ends = await session()
    ends.ask('subsystem', true, string('sftp'))
    await arrived(ends.target)
    ends.target.send(message.channelFailure, uint32(ends.targetChannel))
    await ends.staff.next(message.channelFailure)
    ends.ask('exec', true, string('sftp-server'))
    expect(await arrived(ends.target)).toEqual(['exec', true, string('sftp-server')])
  })
})
