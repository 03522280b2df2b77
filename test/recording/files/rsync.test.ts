import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  DIRECTORY,
  done,
  entry,
  hello,
  int32,
  listEnd,
  made,
  multiplexed,
  sentFile,
  symbolicLink,
} from './rsync-words.ts'
import { WatchedChannel } from './watched.ts'

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex')

const upload = (options = '-rlv') => WatchedChannel.exec(`rsync --server ${options}e.x . /srv/`)
const download = () => WatchedChannel.exec('rsync --server --sender -rle.x . /a')

/** A conversation up to the first list, in pieces of this size. */
const agreed = (channel: WatchedChannel, pieces?: number) =>
  channel.up(hello.client, pieces).down(hello.target(), pieces)

const list = Buffer.concat([
  entry('b', undefined, 5),
  entry('a', DIRECTORY),
  entry('a/x', undefined, 6),
  symbolicLink('c', 'b'),
  listEnd,
])
// In order of names, what is no directory first: b, c, a, a/x.

describe('what rsync sends', () => {
  it.each([1, 2, 7, 1000])('is listed with hashes, cut into pieces of %i bytes', (pieces) => {
    const files = Buffer.concat([sentFile(1, 'first'), made(1), made(1), sentFile(1, 'sec', 'ond')])
    const channel = agreed(upload(), pieces)
    channel.up(multiplexed(Buffer.concat([list, files, done, done, done])), pieces)
    channel.watch.exited(0)
    expect(channel.end().files).toEqual([
      { operation: 'transfer', direction: 'upload', path: '/srv/b', bytes: 5, sha256: sha256('first'), result: 'ok' },
      { operation: 'symlink', path: '/srv/c', newPath: 'b', result: 'ok' },
      { operation: 'mkdir', path: '/srv/a', result: 'ok' },
      {
        operation: 'transfer',
        direction: 'upload',
        path: '/srv/a/x',
        bytes: 6,
        sha256: sha256('second'),
        result: 'ok',
      },
    ])
  })

  it('by the target is listed as a download, and what it makes here is not', () => {
    const files = Buffer.concat([made(1), sentFile(3, 'second'), done, done, done])
    const channel = agreed(download())
    channel.down(Buffer.concat([multiplexed(list), multiplexed(Buffer.from('a word'), 2), multiplexed(files)]))
    expect(channel.end().files).toMatchObject([
      { direction: 'download', path: '/a/x', result: 'ok', sha256: sha256('second') },
    ])
  })

  it('is interrupted where the channel ends in the middle', () => {
    const channel = agreed(upload())
      .up(multiplexed(list))
      .up(multiplexed(sentFile(1, 'first')).subarray(0, 30))
      .end()
    expect(channel.files).toMatchObject([{ path: '/srv/b', bytes: 3, result: 'interrupted' }])
    expect(channel.files[0]).not.toHaveProperty('sha256')
  })

  it('of which the receiver has a part has no hash', () => {
    const changed = Buffer.concat([
      Buffer.of(1, 0, 0x80),
      Buffer.alloc(16),
      int32(-1),
      int32(2),
      Buffer.from('ab'),
      int32(0),
      Buffer.alloc(16),
    ])
    const channel = agreed(upload())
      .up(multiplexed(list))
      .up(multiplexed(Buffer.concat([changed, done, done, done])))
    const note = 'it is 5 bytes long; no hash: only what had changed passed'
    expect(channel.files).toMatchObject([{ path: '/srv/b', bytes: 2, result: 'ok', note }])
  })

  it('removes is listed, and what could not be read', () => {
    const channel = agreed(upload())
      .up(multiplexed(list))
      .up(multiplexed(int32(1), 102))
    channel.down(Buffer.concat([multiplexed(Buffer.from('old'), 101), multiplexed(Buffer.from('dir\0'), 101)]))
    expect(channel.files).toEqual([
      {
        operation: 'transfer',
        direction: 'upload',
        path: '/srv/c',
        result: 'failed',
        note: 'the sender could not read it',
      },
      { operation: 'remove', path: '/srv/old', result: 'ok' },
      { operation: 'rmdir', path: '/srv/dir', result: 'ok' },
    ])
  })
})

describe('rsync that is not followed', () => {
  const told = (channel: WatchedChannel) =>
    channel.files.map(({ operation, path, result, note }) => [operation, path, result, note])
  const only = 'only the command of rsync is known, not which files passed'

  it.each([
    ['an older one', upload().up(int32(29)).down(int32(29)).down('\0'), 'protocol 29 of rsync is not followed'],
    ['one that is none', upload().up('GET /').down('HTTP'), 'rsync does not begin as it should'],
    [
      'its daemon',
      WatchedChannel.exec('rsync --server --daemon . /srv/').up('@RSYNCD: 31.0\n'),
      "rsync's daemon is not followed",
    ],
    [
      'extended attributes',
      agreed(upload('-rlX')).up(multiplexed(list)),
      'rsync -X is not followed: extended attributes stand between the names',
    ],
  ])('is listed by its command: %s', (_, channel, note) => {
    expect(told(channel)).toEqual([
      ['unread', undefined, 'unread', note],
      ['transfer', '/srv/', 'unread', only],
    ])
    expect(channel.watch.listens).toBe(false)
  })

  it.each([
    [23, 'failed', `${only}; it ended with status 23`],
    [undefined, 'interrupted', only],
  ])('since it ended before, with %s, is listed by its command', (status, result, note) => {
    const channel = upload().up(hello.client)
    if (status !== undefined) channel.watch.exited(status)
    expect(told(channel.end())).toEqual([['transfer', '/srv/', result, note]])
  })

  it.each([
    [
      'a name longer than a path',
      Buffer.concat([Buffer.of(0x41, 0xc0 | 0x1f, 0xff, 0xff)]),
      'longer than a path can be',
    ],
    [
      'a list without end',
      Buffer.concat(Array.from({ length: 60_000 }, (_, at) => entry(`name-${at}`))),
      'more goes on at once',
    ],
    [
      'lists without end',
      Buffer.concat([list, Buffer.from('ff6400'.repeat(1), 'hex'), Buffer.from('ff0100'.repeat(40_000), 'hex')]),
      'more goes on at once',
    ],
    ['a number that stands for nothing', Buffer.concat([list, Buffer.of(0xff, 20)]), 'stands for nothing'],
    ['a file on no list', Buffer.concat([list, sentFile(50, 'x')]), 'a file that is on no list'],
  ])('any further, because of %s, says so', (_, data, note) => {
    const channel = agreed(upload())
    for (let at = 0; at < data.length; at += 60_000) channel.up(multiplexed(data.subarray(at, at + 60_000)))
    expect(channel.files[0]).toMatchObject({ operation: 'unread', result: 'unread' })
    expect(channel.files[0]?.note).toContain(note)
  })

  it.each(['--owner', '--archive', '-rla', '--only-write-batch=x'])(
    'for an option may change what the bytes mean: %s',
    (option) => {
      const channel = agreed(WatchedChannel.exec(`rsync --server -rl ${option} . /srv/`)).up(multiplexed(list))
      expect(channel.files[0]).toMatchObject({ operation: 'unread' })
      expect(channel.files[0]?.note).toMatch(/^rsync -.* is not known here$/)
    },
  )

  it('to its end, though it ended well, says so', () => {
    const channel = agreed(upload()).up(multiplexed(Buffer.concat([list, sentFile(1, 'first')])))
    channel.watch.exited(0)
    expect(channel.end().files.at(-1)).toMatchObject({
      operation: 'unread',
      note: 'rsync went on where it could not be followed',
    })
  })

  it('is said when it was not content in the end', () => {
    const channel = agreed(upload()).up(multiplexed(Buffer.concat([list, sentFile(1, 'first')])))
    channel.watch.exited(23)
    expect(channel.end().files.at(-1)).toMatchObject({
      operation: 'unread',
      note: 'rsync ended with status 23: some of these files may not have been written',
    })
  })
})
