import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fingerprint } from '#gateway/access/fingerprint.ts'
import { loadHostKeys } from '#gateway/ssh/gateway-host-keys.ts'
import { peers } from '#test/harness/peer.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { newestEndedSession } from '#test/harness/recorded.ts'
import { run, type SshResult } from '#test/harness/ssh.ts'

const content = randomBytes(300_000)
const programs = peers(
  ['plink', 'putty-tools', '-V'],
  ['pscp', 'putty-tools', '-V'],
  ['psftp', 'putty-tools', '-V'],
  ['sshd', 'openssh-server', '-V'],
)

describe('PuTTY', programs, () => {
  let world: Reachable
  let options: string[]
  let sent: string
  const here = (name: string) => join(world.gateway.directory, name)
  const there = (name: string) => join(world.sshd.directory, name)
  // PuTTY keeps what it remembers in the home directory.
  const putty = (program: string, ...args: string[]): Promise<SshResult> =>
    run(program, [...options, ...args], { env: { PATH: process.env.PATH, HOME: world.gateway.directory } })

  beforeAll(async () => {
    world = await reachable()
    const { gateway } = world
    await run('puttygen', [gateway.keyFile, '-O', 'private', '-o', here('ivan.ppk')])
    const [hostKey] = Object.values(loadHostKeys(here('data')))
    const known = fingerprint(Buffer.from(hostKey!.getPublicSSH()))
    options = ['-batch', '-noagent', '-i', here('ivan.ppk'), '-hostkey', known]
    sent = here('sent')
    await writeFile(sent, content)
  })
  afterAll(() => world[Symbol.asyncDispose]())

  /** To web1.acme by the user name; by its jump host as PuTTY has it, a plink that forwards its own streams. */
  const ways = [
    ['straight', () => ['-P', String(world.gateway.sshPort), '-l', 'web1.acme'], '127.0.0.1'],
    [
      'through a proxy command, as ssh -J',
      () => {
        const plink = [
          'plink',
          ...options,
          '-P',
          world.gateway.sshPort,
          '-l',
          'ivan',
          '-nc',
          '%host:%port',
          '127.0.0.1',
        ]
        return ['-proxycmd', plink.join(' '), '-l', world.sshd.login]
      },
      'web1.acme',
    ],
  ] as const

  describe.each(ways)('%s', (_, way, host) => {
    it('runs a command with plink: output, errors, status', async () => {
      expect(await putty('plink', ...way(), host, 'echo out; echo err >&2; exit 7')).toEqual({
        stdout: Buffer.from('out\n'),
        stderr: 'err\n',
        status: 7,
      })
      expect(await newestEndedSession(world.gateway)).toMatchObject({ target: 'web1.acme', exitStatus: 7 })
    })

    it.each(['-scp', '-sftp'])('copies there and back with pscp %s', async (protocol) => {
      const copy = there(`pscp${protocol}`)
      const back = here(`back${protocol}`)
      expect(await putty('pscp', protocol, '-q', ...way(), sent, `${host}:${copy}`)).toMatchObject({
        stderr: '',
        status: 0,
      })
      expect(await putty('pscp', protocol, '-q', ...way(), `${host}:${copy}`, back)).toMatchObject({
        stderr: '',
        status: 0,
      })
      expect((await readFile(back)).equals(content)).toBe(true)
    })

    it('puts and gets with psftp', async () => {
      const [copy, back] = [there('psftp'), here('back-psftp')]
      await writeFile(here('batch'), `put ${sent} ${copy}\nget ${copy} ${back}\nquit\n`)
      expect(await putty('psftp', '-b', here('batch'), ...way(), host)).toMatchObject({ status: 0 })
      expect((await readFile(back)).equals(content)).toBe(true)
    })
  })
})
