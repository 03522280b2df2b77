import { describe, expect, it } from 'vitest'
import { string, uint32 } from '#gateway/transport/wire.ts'
import { answer, init, READ, request, sftpPacket, uint64, version, WRITE_NEW } from './sftp-words.ts'
import { WatchedChannel } from './watched.ts'

/** A channel on which both sides agreed on SFTP 3. */
const sftp = () => WatchedChannel.sftp().up(init).down(version)

describe('what is done with files over sftp', () => {
  const old = string('/old')
  it.each([
    ['remove', request.remove(1, '/old'), { path: '/old' }],
    ['mkdir', request.mkdir(1, '/old'), { path: '/old' }],
    ['rmdir', request.rmdir(1, '/old'), { path: '/old' }],
    ['rename', request.rename(1, '/old', '/new'), { path: '/old', newPath: '/new' }],
    ['rename', request.extended(1, 'posix-rename@openssh.com', old, string('/new')), { path: '/old', newPath: '/new' }],
    ['symlink', request.symlink(1, '/old', '/link'), { path: '/link', newPath: '/old' }],
    ['hardlink', request.extended(1, 'hardlink@openssh.com', old, string('/new')), { path: '/old', newPath: '/new' }],
    ['copy', request.extended(1, 'copy-file', old, string('/new'), Buffer.of(1)), { path: '/old', newPath: '/new' }],
    [
      'setstat',
      request.setstat(1, '/old', uint32(0x0e), uint32(0), uint32(33), uint32(0o100_644), uint32(1), uint32(2)),
      { path: '/old', note: 'owner 0:33, mode 0644, times' },
    ],
    [
      'setstat',
      request.extended(1, 'lsetstat@openssh.com', old, uint32(4), uint32(0o4755)),
      { path: '/old', note: 'mode 4755' },
    ],
  ] as const)('is listed when it is answered: %s', (operation, asked, facts) => {
    const channel = sftp().up(asked)
    expect(channel.files).toEqual([])
    expect(channel.down(answer.ok(1)).files).toEqual([{ operation, result: 'ok', ...facts }])
  })

  it('is listed when it is refused', () => {
    const channel = sftp()
      .up(request.rmdir(1, '/etc'))
      .down(answer.status(1, 4, 'Directory not empty'))
    expect(channel.files).toEqual([{ operation: 'rmdir', path: '/etc', result: 'failed', note: 'Directory not empty' }])
  })

  it('is listed where no answer came', () => {
    const channel = sftp().up(request.remove(1, '/x')).end()
    expect(channel.files).toEqual([
      { operation: 'remove', path: '/x', result: 'interrupted', note: 'no answer was heard' },
    ])
  })

  it('keeps names that are no UTF-8, and those with newlines and escapes', () => {
    const names = [Buffer.of(0x2f, 0x63, 0xe9, 0xff), Buffer.from('/a\nb\x1b[2J'), Buffer.from('/\xa0 é ☃')]
    const channel = sftp()
    for (const [id, name] of names.entries()) channel.up(request.remove(id, name)).down(answer.ok(id))
    expect(channel.statements.map(({ path }) => path)).toEqual(names)
  })

  it('is a copy, where the target itself copies one open file to another', () => {
    const channel = sftp()
      .up(request.open(1, '/from', READ))
      .down(answer.handle(1, 'h'))
      .up(request.open(2, '/to', WRITE_NEW))
      .down(answer.handle(2, 'to'))
    const copy = request.extended(3, 'copy-data', string('h'), uint64(0), uint64(0), string('to'), uint64(0))
    channel.up(copy).down(answer.ok(3)).up(request.close(4, 'to')).down(answer.ok(4))
    channel.up(request.close(5, 'h')).down(answer.ok(5))
    expect(channel.files).toEqual([{ operation: 'copy', path: '/from', newPath: '/to', result: 'ok' }])
  })

  it('that nobody knows is said to be unread, questions are not', () => {
    const channel = sftp()
      .up(Buffer.concat([request.extended(1, 'format-disk@example.org'), request.extended(2, 'limits@openssh.com')]))
      .down(Buffer.concat([answer.ok(1), sftpPacket(201, uint32(2), uint64(0))]))
    expect(channel.files).toEqual([
      { operation: 'unread', result: 'unread', note: 'what format-disk@example.org does is not known here' },
    ])
  })

  it('cuts a path that is longer than a path can be, and says so', () => {
    const channel = sftp()
      .up(request.mkdir(1, `/${'x'.repeat(100_000)}`))
      .down(answer.status(1, 4, 'File name too long'))
    const [file] = channel.files
    expect(file?.path).toHaveLength(4096)
    expect(file?.note).toBe('File name too long; the path is longer')
    channel.up(request.mkdir(1, '/y')).down(answer.ok(1))
    expect(channel.files).toMatchObject([{}, { path: '/y' }])
  })
})
