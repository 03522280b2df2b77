import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { uint32 } from '#gateway/transport/wire.ts'
import { answer, init, READ, request, uint64, version, WRITE_NEW, WRITE_OVER } from './sftp-words.ts'
import { WatchedChannel } from './watched.ts'

const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex')

/** A channel on which both sides agreed on SFTP 3. */
const sftp = () => WatchedChannel.sftp().up(init).down(version)

/** A channel on which this file is open under the handle `h`. */
function opened(path: string | Buffer, flags: number): WatchedChannel {
  return sftp()
    .up(request.open(1, path, flags))
    .down(answer.handle(1, 'h'))
}

const close = (channel: WatchedChannel) => channel.up(request.close(9, 'h')).down(answer.ok(9))

describe('an upload over sftp', () => {
  it.each([1, 3, 7, 1000, 100_000])('is listed with its hash, its packets cut into pieces of %i bytes', (pieces) => {
    const content = randomBytes(150_000)
    const channel = WatchedChannel.sftp()
      .up(init, pieces)
      .down(version, pieces)
      .up(request.open(7, '/srv/a b', WRITE_NEW), pieces)
      .down(answer.handle(7, '\0\0\0\0'), pieces)
    const parts = [0, 32_768, 65_536, 98_304, 131_072]
    const writes = parts.map((at, id) => request.write(id, '\0\0\0\0', at, content.subarray(at, at + 32_768)))
    channel.up(Buffer.concat(writes), pieces).down(Buffer.concat(parts.map((_, id) => answer.ok(id))), pieces)
    channel.up(request.close(9, '\0\0\0\0'), pieces).down(answer.ok(9), pieces)
    const facts = { operation: 'transfer', direction: 'upload', path: '/srv/a b', bytes: 150_000 }
    expect(channel.files).toEqual([{ ...facts, sha256: sha256(content), result: 'ok' }])
  })

  it('is there as soon as it is open', () => {
    expect(opened('/x', WRITE_NEW).files).toEqual([
      { operation: 'transfer', direction: 'upload', path: '/x', bytes: 0 },
    ])
  })

  it('says how far it is each 16 MiB', () => {
    const channel = opened('/x', WRITE_NEW)
    for (let at = 0; at < 2 ** 25 + 2 ** 18; at += 2 ** 18) channel.up(request.write(2, 'h', at, Buffer.alloc(2 ** 18)))
    expect(channel.statements.map(({ bytes }) => bytes)).toEqual([0, 2 ** 24, 2 ** 25])
  })

  it('of nothing has the hash of nothing', () => {
    expect(close(opened('/x', WRITE_NEW)).files).toMatchObject([{ bytes: 0, sha256: sha256(''), result: 'ok' }])
  })

  it('whose parts come out of order is hashed in theirs', () => {
    const channel = opened('/x', WRITE_NEW)
    for (const [id, at] of [2, 4, 1, 3, 0].entries()) {
      channel.up(request.write(id, 'h', at * 4, `no ${at}`)).down(answer.ok(id))
    }
    expect(close(channel).files).toMatchObject([{ bytes: 20, sha256: sha256('no 0no 1no 2no 3no 4') }])
  })

  it.each([
    [
      'left a hole',
      WRITE_NEW,
      [
        [0, 'one'],
        [4, 'two'],
      ],
      'no hash: parts of it did not pass',
    ],
    ['began in the middle', WRITE_NEW, [[3, 'one']], 'no hash: its first 3 bytes did not pass'],
    [
      'wrote a part again',
      WRITE_NEW,
      [
        [0, 'one'],
        [2, 'two'],
      ],
      'no hash: parts of it passed more than once',
    ],
    [
      'wrote into a file that was there',
      WRITE_OVER,
      [[0, 'one']],
      'no hash: it was written into a file that was there',
    ],
    ['appended', 0x02 | 0x04 | WRITE_NEW, [[0, 'one']], 'no hash: it was appended to a file'],
  ] as const)('that %s has no hash, and says why', (_, flags, writes, note) => {
    const channel = opened('/x', flags)
    for (const [id, [at, text]] of writes.entries()) channel.up(request.write(id, 'h', at, text)).down(answer.ok(id))
    const [file] = close(channel).files
    expect(file).toMatchObject({ result: 'ok', note })
    expect(file).not.toHaveProperty('sha256')
  })

  it('over a file that was there has a hash when the rest of that is cut off, as scp does', () => {
    const channel = opened('/x', WRITE_OVER)
      .up(request.write(2, 'h', 0, 'all'))
      .down(answer.ok(2))
    channel.up(request.fsetstat(3, 'h', uint32(1), uint64(3))).down(answer.ok(3))
    const file = {
      operation: 'transfer',
      direction: 'upload',
      path: '/x',
      bytes: 3,
      sha256: sha256('all'),
      result: 'ok',
    }
    expect(close(channel).files).toEqual([file])
  })

  it.each([
    ['by its handle', request.fsetstat(3, 'h', uint32(1), uint64(2))],
    ['by its name', request.setstat(3, '/x', uint32(1), uint64(2))],
  ])('that is cut afterwards, %s, has none', (_, cut) => {
    const channel = opened('/x', WRITE_NEW)
      .up(request.write(2, 'h', 0, 'all'))
      .down(answer.ok(2))
    const files = close(channel.up(cut).down(answer.ok(3))).files
    expect(files).toMatchObject([
      { direction: 'upload', note: 'no hash: it was cut or extended to 2 bytes' },
      { operation: 'setstat', path: '/x', note: 'size 2', result: 'ok' },
    ])
  })

  it('of which the target refuses a part has failed', () => {
    const channel = opened('/x', WRITE_NEW).up(Buffer.concat([0, 5].map((at) => request.write(at, 'h', at, 'bytes'))))
    channel.down(answer.ok(0)).down(answer.status(5, 4, 'No space left on device'))
    const [file] = close(channel).files
    expect(file).toMatchObject({ bytes: 5, result: 'failed', note: 'No space left on device' })
    expect(file).not.toHaveProperty('sha256')
  })

  it('is interrupted where the channel ends first, with what passed', () => {
    const channel = opened('/x', WRITE_NEW)
      .up(request.write(2, 'h', 0, 'some'))
      .end()
    expect(channel.files).toMatchObject([{ bytes: 4, result: 'interrupted' }])
    expect(channel.files[0]).not.toHaveProperty('sha256')
  })
})

describe('a download over sftp', () => {
  it.each([1, 5, 1000, 100_000])('is listed with its hash, its packets cut into pieces of %i bytes', (pieces) => {
    const content = randomBytes(100_000)
    const channel = opened('/var/log/x', READ)
    const parts = [0, 32_768, 65_536, 98_304, 100_000]
    channel.up(Buffer.concat(parts.map((at, id) => request.read(id, 'h', at))), pieces)
    const replies = parts.map((at, id) =>
      at < 100_000 ? answer.data(id, content.subarray(at, at + 32_768)) : answer.eof(id),
    )
    channel.down(Buffer.concat(replies), pieces)
    const facts = { operation: 'transfer', direction: 'download', path: '/var/log/x', bytes: 100_000 }
    expect(close(channel).files).toEqual([{ ...facts, sha256: sha256(content), result: 'ok' }])
  })

  it('whose parts come short is hashed when the missing ones are there', () => {
    const channel = opened('/x', READ).up(Buffer.concat([0, 4, 8].map((at) => request.read(at, 'h', at, 4))))
    channel.down(Buffer.concat([answer.data(0, 'ab'), answer.data(4, 'efgh'), answer.eof(8)]))
    channel.up(request.read(9, 'h', 2, 2)).down(answer.data(9, 'cd'))
    expect(close(channel).files).toMatchObject([{ bytes: 8, sha256: sha256('abcdefgh'), result: 'ok' }])
  })

  it.each([
    ['asked for by its name', request.stat(5, '/x')],
    ['asked for by its handle', request.fstat(5, 'h')],
  ])('is whole where it is as long as the target said, %s', (_, ask) => {
    const channel = sftp()
    if (ask.equals(request.stat(5, '/x'))) channel.up(ask).down(answer.size(5, 4))
    channel.up(request.open(1, '/x', READ)).down(answer.handle(1, 'h'))
    if (ask.equals(request.fstat(5, 'h'))) channel.up(ask).down(answer.size(5, 4))
    channel.up(request.read(2, 'h', 0)).down(answer.data(2, 'four'))
    expect(close(channel).files).toMatchObject([{ bytes: 4, sha256: sha256('four'), result: 'ok' }])
  })

  it('that stops before the end is partial', () => {
    const channel = opened('/x', READ)
      .up(request.read(2, 'h', 0, 4))
      .down(answer.data(2, 'some'))
    const [file] = close(channel).files
    expect(file).toMatchObject({ bytes: 4, result: 'partial', note: 'closed before its end' })
    expect(file).not.toHaveProperty('sha256')
  })

  it('that goes on with an earlier one has no hash', () => {
    const channel = opened('/x', READ)
      .up(request.read(2, 'h', 1000))
      .down(answer.data(2, 'rest'))
    channel.up(request.read(3, 'h', 1004)).down(answer.eof(3))
    const facts = { bytes: 4, result: 'ok', note: 'no hash: its first 1000 bytes did not pass' }
    expect(close(channel).files).toMatchObject([facts])
  })

  it('of a file that grows is whole at its last end only', () => {
    const channel = opened('/x', READ)
      .up(request.read(2, 'h', 0))
      .down(answer.data(2, 'old'))
    channel
      .up(request.read(3, 'h', 3))
      .down(answer.eof(3))
      .up(request.read(4, 'h', 3))
      .down(answer.data(4, ' new'))
    expect(close(channel).files).toMatchObject([{ result: 'partial' }])
    channel
      .up(request.open(1, '/x', READ))
      .down(answer.handle(1, 'h'))
      .up(request.read(2, 'h', 0))
    channel
      .down(answer.data(2, 'old'))
      .up(request.read(3, 'h', 3))
      .down(answer.eof(3))
    channel
      .up(request.read(4, 'h', 3))
      .down(answer.data(4, ' new'))
      .up(request.read(5, 'h', 7))
      .down(answer.eof(5))
    expect(close(channel).files).toMatchObject([{}, { result: 'ok', sha256: sha256('old new') }])
  })

  it('that cannot be read has failed', () => {
    const channel = opened('/x', READ)
      .up(request.read(2, 'h', 0))
      .down(answer.status(2, 4, 'Input/output error'))
    expect(close(channel).files).toMatchObject([{ bytes: 0, result: 'failed', note: 'Input/output error' }])
  })

  it('that is refused is listed as failed', () => {
    const channel = sftp()
      .up(request.open(1, '/etc/shadow', READ))
      .down(answer.status(1, 3, 'Permission denied'))
    const facts = { operation: 'transfer', direction: 'download', path: '/etc/shadow' }
    expect(channel.files).toEqual([{ ...facts, result: 'failed', note: 'permission denied' }])
  })

  it('is none where a file is opened and not read', () => {
    expect(close(opened('/x', READ)).files).toEqual([])
  })

  it('and an upload of one handle are two entries', () => {
    const channel = opened('/x', READ | WRITE_NEW)
      .up(request.write(2, 'h', 0, 'new'))
      .down(answer.ok(2))
    channel
      .up(request.read(3, 'h', 0))
      .down(answer.data(3, 'new'))
      .up(request.read(4, 'h', 3))
      .down(answer.eof(4))
    expect(close(channel).files).toMatchObject(
      [
        { direction: 'download', sha256: sha256('new') },
        { direction: 'upload', sha256: sha256('new') },
      ].toReversed(),
    )
  })
})
