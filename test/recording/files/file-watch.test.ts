import { describe, expect, it } from 'vitest'
import { answer, init, request, version } from './sftp-words.ts'
import { WatchedChannel } from './watched.ts'

/** PuTTY, where a target has no subsystem: a shell is to find the server (its psftp.c). */
const PUTTY = 'test -x /usr/lib/sftp-server && exec /usr/lib/sftp-server\nexec sftp-server'

const removes = (channel: WatchedChannel, pieces?: number) =>
  channel.up(init, pieces).down(version).up(request.remove(1, '/x'), pieces).down(answer.ok(1))

describe('what a channel carries', () => {
  it.each([1, 3, 1000])('is SFTP under any name, by how it begins, cut into pieces of %i bytes', (pieces) => {
    const channel = removes(WatchedChannel.exec('/tmp/no-sftp-at-all'), pieces)
    expect(channel.files).toMatchObject([{ operation: 'remove', path: '/x' }])
  })

  it.each(['\0\0\0\x06', '\0\0\0\x05\x02', 'ls\n', '\0\0\0\x05\x01\0\0\x01'])(
    'is none where it begins with %j',
    (bytes) => {
      const channel = WatchedChannel.exec('cat').up(bytes)
      expect(channel.watch.listens).toBe(false)
      expect(channel.end().files).toEqual([])
    },
  )

  it('is none where the target speaks first', () => {
    expect(WatchedChannel.exec('cat /dev/zero').down('\0').watch.listens).toBe(false)
  })

  it('is not looked for on a shell', () => {
    expect(new WatchedChannel().ask('shell').watch.listens).toBe(false)
  })

  it('is what the target accepted: PuTTY asks again for a command', () => {
    const channel = WatchedChannel.sftp()
    channel.watch.refused(0)
    expect(removes(channel.ask('exec', PUTTY)).files).toMatchObject([{ operation: 'remove' }])
  })

  it('is what came first: a later request, which the target refuses, changes nothing', () => {
    const channel = WatchedChannel.exec('scp -t /real').ask('exec', 'scp -t /other').ask('shell')
    channel.watch.refused(1)
    channel.down('\0').up('C0644 0 real\n')
    expect(channel.files).toMatchObject([{ path: '/real' }])
  })

  it('is not followed again once it was given up', () => {
    const channel = WatchedChannel.sftp().up('nonsense!').ask('exec', 'scp -t /x')
    channel.watch.refused(0)
    expect(channel.watch.listens).toBe(false)
    expect(channel.up('C0644 0 x\n').end().files).toHaveLength(1)
  })

  it('and who asks a hundred times is followed by the first', () => {
    const channel = WatchedChannel.sftp()
    for (let times = 0; times < 100; times++) channel.ask('exec', `scp -t ${'x'.repeat(1000)}`)
    expect(removes(channel).files).toMatchObject([{ operation: 'remove' }])
  })
})
