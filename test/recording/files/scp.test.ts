import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { WatchedChannel } from './watched.ts'

const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex')
const OK = '\0'

/** The target receives: it says first that it is ready. */
const upload = (command: string) => WatchedChannel.exec(command).down(OK)
const download = (command: string) => WatchedChannel.exec(command).up(OK)

/** A whole file, each word of the sender answered before the next. */
function sendFile(channel: WatchedChannel, name: string, content: Buffer | string): WatchedChannel {
  channel.up(`C0644 ${content.length} ${name}\n`).down(OK)
  return channel.up(content).up(OK).down(OK)
}

describe('an upload by scp', () => {
  it.each([1, 2, 5, 1000, 100_000])('is listed with its hash, cut into pieces of %i bytes', (pieces) => {
    const content = randomBytes(5000)
    const channel = upload('scp -t /srv/new').up('C0644 5000 new\n', pieces).down(OK)
    channel.up(Buffer.concat([content, Buffer.from(OK)]), pieces)
    expect(channel.files).toMatchObject([{ path: '/srv/new' }])
    expect(channel.files[0]).not.toHaveProperty('result')
    expect(channel.down(OK).end().files).toEqual([
      {
        operation: 'transfer',
        direction: 'upload',
        path: '/srv/new',
        bytes: 5000,
        sha256: sha256(content),
        result: 'ok',
      },
    ])
  })

  it('of nothing has the hash of nothing', () => {
    expect(sendFile(upload('scp -t /x'), 'x', '').files).toMatchObject([{ bytes: 0, sha256: sha256(''), result: 'ok' }])
  })

  it.each([
    ['scp -t /srv/x', 'x', '/srv/x', undefined],
    ['scp -d -t /srv', 'x', '/srv/x', undefined],
    ['scp -t /srv/', 'x', '/srv/x', undefined],
    ['scp -t .', 'x', './x', undefined],
    ['scp -t ~', 'x', '~/x', undefined],
    ['scp -v -p -t -- /srv/y', 'x', '/srv/y', 'or /srv/y/x, where the target of the copy was a directory'],
  ])('%s of %s is listed at %s', (command, name, path, note) => {
    const [file] = sendFile(upload(command), name, 'content').files
    expect(file).toMatchObject({ path, result: 'ok' })
    expect(file?.note).toBe(note)
  })

  it('lists a tree by its paths, with times and modes between them', () => {
    const channel = upload('scp -r -p -d -t /srv').up('T1 0 1 0\n').down(OK).up('D0755 0 tree\n').down(OK)
    sendFile(channel.up('T1 0 1 0\n').down(OK), 'a', 'A')
    channel.up('D0700 0 empty\n').down(OK).up('E\n').down(OK)
    sendFile(channel, 'b', 'B').up('E\n').down(OK)
    sendFile(channel, 'c', 'C')
    expect(channel.end().files.map(({ operation, path, result }) => [operation, path, result])).toEqual([
      ['mkdir', '/srv/tree', 'ok'],
      ['transfer', '/srv/tree/a', 'ok'],
      ['mkdir', '/srv/tree/empty', 'ok'],
      ['transfer', '/srv/tree/b', 'ok'],
      ['transfer', '/srv/c', 'ok'],
    ])
  })

  it('goes on behind a file and a directory that are refused', () => {
    const channel = upload('scp -r -d -t /srv').up('C0644 7 a\n').down('\x01scp: /srv/a: Permission denied\n')
    channel.up('D0755 0 tree\n').down('\x01scp: /srv/tree: File exists\n')
    sendFile(channel, 'b', 'B')
    expect(channel.end().files).toMatchObject([
      { path: '/srv/a', bytes: 0, result: 'failed', note: 'scp: /srv/a: Permission denied' },
      { operation: 'mkdir', path: '/srv/tree', result: 'failed', note: 'scp: /srv/tree: File exists' },
      { path: '/srv/b', result: 'ok', sha256: sha256('B') },
    ])
  })

  it('has failed where the target could not write it', () => {
    const channel = upload('scp -t /x').up('C0644 4 x\n').down(OK).up(`full${OK}`).down('\x01scp: /x: No space left\n')
    const [file] = channel.end().files
    expect(file).toMatchObject({ bytes: 4, result: 'failed', note: 'scp: /x: No space left' })
    expect(file).not.toHaveProperty('sha256')
  })

  it('has failed where there is no such directory', () => {
    const channel = WatchedChannel.exec('scp -d -t /none').down('\x01scp: /none: No such file or directory\n').end()
    expect(channel.files).toMatchObject([{ path: '/none', result: 'failed' }])
  })

  it('is interrupted where the channel ends, with what passed', () => {
    const channel = upload('scp -t /x').up('C0644 1000 x\n').down(OK).up('some').end()
    expect(channel.files).toMatchObject([{ bytes: 4, result: 'interrupted' }])
    expect(channel.files[0]).not.toHaveProperty('sha256')
  })

  it('is interrupted where nothing answers its last byte, and its hash is known', () => {
    const channel = upload('scp -t /x').up('C0644 4 x\n').down(OK).up(`some${OK}`).end()
    expect(channel.files).toMatchObject([{ bytes: 4, result: 'interrupted', sha256: sha256('some') }])
  })

  it('of a sender that waits for no answer is listed as well', () => {
    const channel = upload('scp -t /x')
      .up(`C0644 4 x\nsome${OK}`)
      .down(OK + OK)
      .end()
    expect(channel.files).toMatchObject([{ bytes: 4, result: 'ok', sha256: sha256('some') }])
  })

  it('keeps names that are no UTF-8', () => {
    const channel = upload('scp -d -t /srv').up(Buffer.from('C0644 1 caf\xe9\n', 'latin1'))
    expect(channel.statements[0]?.path).toEqual(Buffer.from('/srv/caf\xe9', 'latin1'))
  })
})

describe('a download by scp', () => {
  const receive = (channel: WatchedChannel, line: string, content: string) =>
    channel.down(line).up(OK).down(content).down(OK).up(OK)

  it.each([
    ['scp -f /var/log/syslog', 'syslog', '/var/log/syslog'],
    ["scp -f '/a b/c d'", 'c d', '/a b/c d'],
    ['scp -f /a\\ b/c', 'c', '/a b/c'],
    ['scp -f /var/log/*.log', 'x.log', '/var/log/x.log'],
    ['scp -f /a/x /b/y', 'y', '/b/y'],
    ['scp -f /etc/motd', '.ssh/authorized_keys', '.ssh/authorized_keys'],
  ])('%s that gets %s is listed at %s', (command, name, path) => {
    const channel = receive(download(command), `C0644 4 ${name}\n`, 'text').end()
    expect(channel.files).toEqual([
      { operation: 'transfer', direction: 'download', path, bytes: 4, sha256: sha256('text'), result: 'ok' },
    ])
  })

  it('of a tree is listed by its paths; directories are made on this side only', () => {
    const channel = download('scp -r -f /srv/tree/').down('D0755 0 tree\n').up(OK).down('D0755 0 sub\n').up(OK)
    receive(channel, 'C0644 1 a\n', 'A').down('E\n').up(OK)
    receive(channel, 'C0644 1 b\n', 'B').down('E\n').up(OK)
    expect(channel.end().files.map(({ path, result }) => [path, result])).toEqual([
      ['/srv/tree/sub/a', 'ok'],
      ['/srv/tree/b', 'ok'],
    ])
  })

  it('that finds nothing has failed', () => {
    const channel = download('scp -f /none').down('\x01scp: /none: No such file or directory\n').end()
    expect(channel.files).toEqual([
      {
        operation: 'transfer',
        direction: 'download',
        path: '/none',
        result: 'failed',
        note: 'scp: /none: No such file or directory',
      },
    ])
  })

  it('that the target could not read to its end has failed, padded as it is', () => {
    const channel = download('scp -f /x')
      .down('C0644 4 x\n')
      .up(OK)
      .down('so\0\0\x01scp: /x: Input/output error\n')
      .up(OK)
    const [file] = channel.end().files
    expect(file).toMatchObject({ bytes: 4, result: 'failed', note: 'scp: /x: Input/output error' })
    expect(file).not.toHaveProperty('sha256')
  })
})

/** Into a directory in a directory and so on, each of which the target makes. */
function deep(levels: number): WatchedChannel {
  const channel = upload('scp -r -t /x')
  for (let level = 0; level < levels; level++) channel.up(`D0755 0 ${'d'.repeat(200)}\n`).down(OK)
  return channel
}

describe('what is no scp, or deceives one side of it', () => {
  it.each([
    ['a shell that says something first', upload('scp -t /x').up('Hello\n'), 'not the protocol of scp'],
    ['a line without an end', upload('scp -t /x').up('C'.repeat(10_000)), 'a line is too long'],
    // OpenSSH reads 2047 bytes and takes what follows for the next line.
    [
      'a line that OpenSSH would cut in two',
      upload('scp -t /x').up(`C0644 1 ${'x'.repeat(2039)}\n`),
      'a line is too long',
    ],
    ['content behind the end', upload('scp -t /x').up('C0644 1 x\n').down(OK).up('xx\n'), 'does not end where it said'],
    [
      'content of a file that was refused',
      upload('scp -t /x').up(`C0644 4 x\nsome${OK}`).down('\x01no\n'),
      'scp sent a file that was refused',
    ],
    ['an answer to nothing', upload('scp -t /x').down(OK), 'accepts what was not sent'],
    ['directories without end', deep(1500), 'more goes on at once'],
    ['files without an answer', upload('scp -t /x').up(`C0644 0 x\n${OK}`.repeat(600)), 'without an answer'],
  ])('is said not to be followed any further: %s', (_, channel, note) => {
    expect(channel.files.at(-1)).toMatchObject({ operation: 'unread', result: 'unread' })
    expect(channel.files.at(-1)?.note).toContain(note)
    expect(channel.watch.listens).toBe(false)
  })

  it('a file in the middle is unread then, not interrupted', () => {
    const channel = upload('scp -t /x')
      .up('C0644 4 x\n')
      .down(OK + OK)
    expect(channel.end().files).toMatchObject([{ path: '/x', result: 'unread' }, { operation: 'unread' }])
  })
})
