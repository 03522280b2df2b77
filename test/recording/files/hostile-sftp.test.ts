import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { string, uint32 } from '#gateway/transport/wire.ts'
import { answer, init, READ, request, sftpPacket, version, WRITE_NEW } from './sftp-words.ts'
import { WatchedChannel } from './watched.ts'

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex')

const sftp = () => WatchedChannel.sftp().up(init).down(version)

/** What a server of OpenSSH answers when a file is opened, read once and closed. */
const readAndClosed = (handle: string, content: string) =>
  Buffer.concat([answer.handle(1, handle), answer.data(2, content), answer.eof(3), answer.ok(4)])

describe('an administrator who wants to leave no trace in the list', () => {
  it('asks for a file by a handle that is not given yet, and is listed', () => {
    const ahead = [
      request.open(1, '/etc/shadow', READ),
      request.read(2, '\0\0\0\0', 0),
      request.read(3, '\0\0\0\0', 6),
      request.close(4, '\0\0\0\0'),
    ]
    const channel = sftp().up(Buffer.concat(ahead)).down(readAndClosed('\0\0\0\0', 'secret'))
    expect(channel.files).toMatchObject([
      { direction: 'download', path: '/etc/shadow', bytes: 6, sha256: sha256('secret'), result: 'ok' },
    ])
  })

  it('writes by a handle that is not given yet, and is listed, without a hash', () => {
    const ahead = [request.open(1, '/bin/sh', WRITE_NEW), request.write(2, '\0', 0, 'virus'), request.close(3, '\0')]
    const channel = sftp().up(Buffer.concat(ahead))
    channel.down(Buffer.concat([answer.handle(1, '\0'), answer.ok(2), answer.ok(3)]))
    const note = 'no hash: it was written before the target said that it was open'
    expect(channel.files).toMatchObject([{ direction: 'upload', path: '/bin/sh', bytes: 5, result: 'ok', note }])
  })

  it('uses the handle of a closed file again before it is closed, and each file has its own bytes', () => {
    const channel = sftp()
      .up(request.open(1, '/harmless', WRITE_NEW))
      .down(answer.handle(1, '\0'))
    const ahead = [
      request.write(2, '\0', 0, 'harmless'),
      request.close(3, '\0'),
      request.open(4, '/evil', WRITE_NEW),
      request.write(5, '\0', 0, 'evil'),
      request.close(6, '\0'),
    ]
    channel.up(Buffer.concat(ahead))
    channel.down(Buffer.concat([answer.ok(2), answer.ok(3), answer.handle(4, '\0'), answer.ok(5), answer.ok(6)]))
    expect(channel.files).toMatchObject([
      { path: '/harmless', bytes: 8, sha256: sha256('harmless'), result: 'ok' },
      { path: '/evil', bytes: 4, result: 'ok' },
    ])
  })

  it('gives one number to two requests, and each is listed', () => {
    const channel = sftp().up(Buffer.concat([request.remove(1, '/evidence'), request.mkdir(1, '/holiday')]))
    channel.down(Buffer.concat([answer.ok(1), answer.status(1, 3)]))
    expect(channel.files).toMatchObject([
      { operation: 'remove', path: '/evidence', result: 'ok' },
      { operation: 'mkdir', path: '/holiday', result: 'failed' },
    ])
  })

  it.each([
    ['a request of no known type', sftpPacket(99, uint32(1)), Buffer.alloc(0)],
    ['an INIT that comes again', sftpPacket(1, uint32(1)), sftpPacket(2, uint32(1))],
    ['a question that is not listed', request.realpath(1, '.'), answer.status(1, 0)],
    ['an extension nobody has', request.extended(1, 'x@example.org'), answer.status(1, 8)],
  ])('sends %s before with the same number, and is listed', (_, before, answered) => {
    const channel = sftp().up(Buffer.concat([before, request.remove(1, '/evidence')]))
    channel.down(Buffer.concat([answered, answer.ok(1)]))
    expect(channel.files).toMatchObject([{ operation: 'remove', path: '/evidence', result: 'ok' }])
  })

  it.each([
    [
      'an answer to nothing',
      (channel: WatchedChannel) => channel.down(answer.handle(7, 'h')),
      'answers what was not asked',
    ],
    [
      'a packet without a type',
      (channel: WatchedChannel) => channel.up(Buffer.alloc(5)),
      'a packet of 0 bytes is no SFTP',
    ],
    [
      'a packet of 4 GiB',
      (channel: WatchedChannel) => channel.up(Buffer.alloc(5, 0xff)),
      'a packet of 4294967295 bytes',
    ],
    [
      'a handle that is too long',
      (channel: WatchedChannel) => channel.up(request.open(1, '/x', READ)).down(answer.handle(1, 'h'.repeat(257))),
      'a handle is longer than SFTP allows',
    ],
  ])('cannot make the list end unsaid: %s', (_, send, note) => {
    const channel = sftp()
      .up(request.open(5, '/open', WRITE_NEW))
      .down(answer.handle(5, 'open'))
    send(channel)
    expect(channel.files.at(-1)).toMatchObject({ operation: 'unread', result: 'unread' })
    expect(channel.files.at(-1)?.note).toContain(note)
    expect(channel.files[0]).toMatchObject({ path: '/open', result: 'unread' })
    expect(channel.watch.listens).toBe(false)
  })

  it.each([
    [
      'a server of another version',
      WatchedChannel.sftp()
        .up(init)
        .down(sftpPacket(2, uint32(6))),
      'version 6 of SFTP',
    ],
    ['a server that says something first', WatchedChannel.sftp().up(init).down('Welcome!\n'), 'is no SFTP'],
    ['a client that speaks something else', WatchedChannel.sftp().up('\0\0\0\x05hello'), 'does not begin with SFTP'],
  ])('is said not to be followed: %s', (_, channel, note) => {
    expect(channel.files).toHaveLength(1)
    expect(channel.files[0]).toMatchObject({ operation: 'unread' })
    expect(channel.files[0]?.note).toContain(note)
  })
})

describe('what one channel can make the list hold', () => {
  it('is bounded in requests without an answer', () => {
    const channel = sftp()
    let sent = 0
    for (; channel.watch.listens && sent < 100_000; sent++) channel.up(request.read(sent, 'h', 0))
    expect(sent).toBeLessThan(40_000)
    expect(channel.files).toMatchObject([{ operation: 'unread', note: 'more goes on at once than can be followed' }])
  })

  it('is bounded in requests of one number', () => {
    const channel = sftp()
    const many = Buffer.concat(Array.from({ length: 10_000 }, () => request.remove(1, '/x')))
    const answers = Buffer.concat(Array.from({ length: 10_000 }, () => answer.ok(1)))
    for (let round = 0; round < 5; round++) channel.up(many).down(answers)
    expect(channel.files).toHaveLength(50_000)
    expect(channel.watch.listens).toBe(true)
  })

  it('is bounded in open files', () => {
    const channel = sftp()
    let opened = 0
    for (; channel.watch.listens && opened < 100_000; opened++) {
      channel.up(request.open(1, `/${'x'.repeat(3000)}${opened}`, READ)).down(answer.handle(1, String(opened)))
    }
    expect(opened).toBeLessThan(6000)
    expect(channel.files.at(-1)).toMatchObject({
      operation: 'unread',
      note: 'more goes on at once than can be followed',
    })
  })

  it('is bounded in content that comes before what stands in front of it: the transfer goes on without a hash', () => {
    const channel = sftp()
      .up(request.open(1, '/x', WRITE_NEW))
      .down(answer.handle(1, 'h'))
    const piece = Buffer.alloc(32_768)
    for (let at = 1; at <= 200; at++) channel.up(request.write(2, 'h', at * 32_768, piece)).down(answer.ok(2))
    channel
      .up(request.write(2, 'h', 0, piece))
      .down(answer.ok(2))
      .up(request.close(3, 'h'))
      .down(answer.ok(3))
    expect(channel.files).toMatchObject([
      { bytes: 201 * 32_768, result: 'ok', note: 'no hash: its parts passed too far out of order' },
    ])
  })

  it('lets go of what is done: a hundred thousand requests leave no trace', () => {
    const channel = sftp()
    const [asked, answered] = [request.extended(1, 'fsync@openssh.com', string('h')), answer.ok(1)]
    const round = [Buffer.concat(Array(1000).fill(asked)), Buffer.concat(Array(1000).fill(answered))] as const
    for (let rounds = 0; rounds < 100; rounds++) channel.up(round[0]).down(round[1])
    expect(channel.files).toEqual([])
    expect(channel.watch.listens).toBe(true)
  })

  it('lets go of files that are closed', () => {
    const channel = sftp()
    for (let id = 0; id < 10_000; id++) {
      channel.up(request.open(1, '/x', WRITE_NEW)).down(answer.handle(1, 'h'))
      channel
        .up(request.write(2, 'h', 5, 'early'))
        .up(request.close(3, 'h'))
        .down(Buffer.concat([answer.ok(2), answer.ok(3)]))
    }
    expect(channel.files.every(({ note }) => note === 'no hash: its first 5 bytes did not pass')).toBe(true)
    expect(channel.files).toHaveLength(10_000)
  })
})
