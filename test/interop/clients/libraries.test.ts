import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { peers, PYTHON, pythonPeer } from '#test/harness/peer.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { run } from '#test/harness/ssh.ts'

const content = randomBytes(300_000)
const worked = { out: 'out\n', err: 'err\n', status: 7 }

describe('a program that speaks SSH by a library', needsProgram('sshd', 'openssh-server'), () => {
  let world: Reachable
  beforeAll(async () => {
    world = await reachable()
  })
  afterAll(() => world[Symbol.asyncDispose]())
  const here = (name: string) => join(world.gateway.directory, name)
  const there = (name: string) => join(world.sshd.directory, name)

  /** What the script beside this file prints. */
  async function python(script: string, ...args: readonly string[]): Promise<unknown> {
    const file = fileURLToPath(new URL(`${script}_client.py`, import.meta.url))
    const { gateway } = world
    const known = [String(gateway.sshPort), gateway.keyFile]
    const { stdout, stderr, status } = await run(PYTHON, ['-W', 'ignore', file, ...known, ...args])
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    return JSON.parse(stdout.toString())
  }

  describe.each([
    ['paramiko', pythonPeer('paramiko', 'python3-paramiko')],
    ['asyncssh', pythonPeer('asyncssh', 'python3-asyncssh')],
  ])('%s', (module, requirement) => {
    it.each(['straight', 'through the gateway as a jump host'])(
      'runs a command and copies a file %s',
      requirement,
      async (way) => {
        const [sent, copy] = [here(`${module} ${way}`), there(`${module} ${way}`)]
        await writeFile(sent, content)
        const seen = await python(module, world.sshd.login, way, sent, copy)
        expect(seen).toEqual({ ...worked, size: content.length })
        expect((await readFile(`${sent}.back`)).equals(content)).toBe(true)
        expect(await newestEndedSession(world.gateway)).toMatchObject({ target: 'web1.acme', channels: 2 })
      },
    )
  })

  it.each(['straight', 'through the gateway as a jump host'])(
    'asyncssh sends a signal, and hears of one, %s',
    pythonPeer('asyncssh', 'python3-asyncssh'),
    async (way) => {
      expect(await python('asyncssh_signal', world.sshd.login, way)).toEqual({ signal: 'TERM' })
      const session = await newestEndedSession(world.gateway)
      expect(session).toMatchObject({ exitSignal: 'TERM' })
      const requests = bytesOf(await recordedEvents(world.gateway, session.id), 'request').toString('latin1')
      expect(requests).toContain('signal\0\0\0\x04USR1')
    },
  )

  const version =
    "ctypes.cast(ctypes.CDLL('libssh.so.4').ssh_version, ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_int))(0).decode()"
  it('libssh runs a command', pythonPeer('ctypes', 'libssh-4', ['libssh', version]), async () => {
    expect(await python('libssh')).toEqual(worked)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ target: 'web1.acme', exitStatus: 7 })
  })

  it('libssh2, in curl, copies a file there and back', peers(['curl', 'curl', '--version']), async () => {
    const [sent, back] = [here('curl'), here('curl-back')]
    await writeFile(sent, content)
    const url = `sftp://127.0.0.1:${world.gateway.sshPort}${there('curl')}`
    const options = ['-sS', '--insecure', '--user', 'web1.acme:', '--key', world.gateway.keyFile, '--pubkey', '']
    expect(await run('curl', [...options, '-T', sent, url])).toMatchObject({ stderr: '', status: 0 })
    expect(await run('curl', [...options, '-o', back, url])).toMatchObject({ stderr: '', status: 0 })
    expect((await readFile(back)).equals(content)).toBe(true)
  })
})
