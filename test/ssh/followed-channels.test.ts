import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message } from '#gateway/transport/message.ts'
import { string, uint32 } from '#gateway/transport/wire.ts'
import { newestFiles } from '#test/harness/listed-files.ts'
import { channelData, channelRequest } from '#test/harness/raw-client.ts'
import type { RawPeer } from '#test/harness/raw-peer.ts'
import { answer, init, request, version } from '#test/recording/files/sftp-words.ts'
import { rawWorld, type RawSession, type RawWorld } from './raw-world.ts'

let world: RawWorld
beforeAll(async () => {
  world = await rawWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

/** A session whose target agreed to run this. */
async function running(type: 'exec' | 'subsystem', name: string): Promise<RawSession> {
  const session = await world.session()
  session.staff.send(channelRequest(session.staffChannel, type, true, string(name)))
  await session.target.next(message.channelRequest)
  session.target.send(message.channelSuccess, uint32(session.targetChannel))
  await session.staff.next(message.channelSuccess)
  return session
}

/** What one side heard of the other's data, so many bytes of it. */
async function heard(peer: RawPeer, bytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  for (let left = bytes; left > 0;) {
    const reader = await peer.next(message.channelData)
    reader.uint32()
    const part = reader.string()
    parts.push(part)
    left -= part.length
  }
  return Buffer.concat(parts)
}

describe('a channel whose files are listed', () => {
  it.each([
    ['noise instead of SFTP', 'subsystem', 'sftp'],
    ['noise instead of scp', 'exec', 'scp -t /srv'],
    ['noise instead of rsync', 'exec', 'rsync --server -e.LsfxCIvu . /srv'],
  ] as const)('passes on what nobody can follow, byte for byte: %s', async (_, type, name) => {
    using session = await running(type, name)
    const [up, down] = [randomBytes(200_000), randomBytes(200_000)]
    for (let at = 0; at < up.length; at += 10_000) {
      session.staff.send(channelData(session.staffChannel, up.subarray(at, at + 10_000)))
      session.target.send(channelData(session.targetChannel, down.subarray(at, at + 10_000)))
    }
    expect((await heard(session.target, up.length)).equals(up)).toBe(true)
    expect((await heard(session.staff, down.length)).equals(down)).toBe(true)
  })

  it('says on record that it is not followed any more', async () => {
    const session = await running('subsystem', 'sftp')
    session.staff.send(channelData(session.staffChannel, 'no SFTP at all'))
    await heard(session.target, 14)
    session[Symbol.dispose]()
    expect(await newestFiles(world.gateway)).toMatchObject([{ operation: 'unread', result: 'unread' }])
  })

  it('has a file on its list before the administrator hears that it is done', async () => {
    using session = await running('subsystem', 'sftp')
    const { staff, staffChannel, target, targetChannel } = session
    const said = Buffer.concat([init, request.remove(1, '/x')])
    staff.send(channelData(staffChannel, said))
    await heard(target, said.length)
    const answered = Buffer.concat([version, answer.ok(1)])
    target.send(channelData(targetChannel, answered))
    await heard(staff, answered.length)
    const directory = join(world.gateway.directory, 'data', 'journal')
    const segments = await Promise.all((await readdir(directory)).map((name) => readFile(join(directory, name))))
    expect(Buffer.concat(segments).includes('"operation":"remove"')).toBe(true)
  })
})
