import { describe, expect, it } from 'vitest'
import { transferCommand } from '#gateway/recording/files/transfer-command.ts'

const ofExec = (command: string) => transferCommand({ type: 'exec', command: Buffer.from(command, 'latin1') })

describe('what a command says of the files that pass', () => {
  it.each([
    'internal-sftp',
    '/usr/lib/openssh/sftp-server',
    'sudo /usr/libexec/sftp-server -e',
    'sudo -n -u root -- /usr/lib/sftp-server',
    'LANG=C /usr/lib/openssh/sftp-server',
    'cd /srv && exec "/usr/lib/openssh/sftp-server"',
  ])('sftp: %s', (command) => {
    expect(ofExec(command)).toEqual({ protocol: 'sftp' })
  })

  it.each([
    ['scp -t /x', 'upload', ['/x'], false],
    ['scp -r -p -d -t -- -strange', 'upload', ['-strange'], true],
    ['scp -prdt /x', 'upload', ['/x'], true],
    ['/usr/bin/scp -v -f /a /b', 'download', ['/a', '/b'], false],
    [String.raw`scp -f 'it'\''s' "a \"b\" $c" d\ e`, 'download', ["it's", 'a "b" $c', 'd e'], false],
    ['sudo scp -f /x', 'download', ['/x'], false],
    ['umask 077; scp -t /x', 'upload', ['/x'], false],
    ['scp -l 100 -t /x', 'upload', ['/x'], false],
    ['scp -f caf\xe9', 'download', ['caf\xe9'], false],
    ['scp -f', 'download', [], false],
  ] as const)('scp: %s', (command, direction, paths, intoDirectory) => {
    const found = ofExec(command)
    expect(found).toMatchObject({ protocol: 'scp', direction, intoDirectory })
    expect(found?.protocol === 'scp' && found.paths.map((path) => path.toString('latin1'))).toEqual(paths)
  })

  it.each([
    ['rsync --server -vlogDtpre.iLsfxCIvu . /srv/data', 'upload', ['/srv/data']],
    ['rsync --server --sender -vlogDtpre.iLsfxCIvu . /srv/a /srv/b', 'download', ['/srv/a', '/srv/b']],
    ['sudo rsync --server --sender -e.LsfxCIvu . /etc', 'download', ['/etc']],
    ['rsync --server -e.LsfxCIvu --backup-dir . --delete . /srv', 'upload', ['/srv']],
    ['rsync --server -e.LsfxCIvu --partial-dir . --temp-dir /tmp . /srv', 'upload', ['/srv']],
  ])('rsync: %s', (command, direction, paths) => {
    const found = ofExec(command)
    expect(found).toMatchObject({ protocol: 'rsync', direction })
    expect(found?.protocol === 'rsync' && found.paths.map(String)).toEqual(paths)
  })

  it.each([
    'scp a b:c',
    'scp -oStrictHostKeyChecking=no a b:',
    'rsync -a a b',
    'git-upload-pack x',
    'echo scp -t /x',
    'sftp somewhere',
    'sudo -u scp id',
    '',
    "echo 'scp -t /x",
  ])('nothing: %s', (command) => {
    expect(ofExec(command)).toBeUndefined()
  })

  it('of a subsystem, sftp alone', () => {
    expect(transferCommand({ type: 'subsystem', name: Buffer.from('sftp') })).toEqual({ protocol: 'sftp' })
    expect(transferCommand({ type: 'subsystem', name: Buffer.from('netconf') })).toBeUndefined()
    expect(transferCommand({ type: 'shell' })).toBeUndefined()
  })

  it.each(['sudo ', 'A=1 ', 'sudo scp ', '; ', "'"])('of a command of 200 KB of %j at once', (part) => {
    expect(ofExec(part.repeat(200_000 / part.length))).toBeUndefined()
  })
})
