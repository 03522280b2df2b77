import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { newestFiles } from '#test/harness/listed-files.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { finished, sshOptions } from '#test/harness/ssh.ts'

/** Slow enough to be cut in the middle, in kbit/s: 20 s for the whole. */
const LIMIT = '8000'
const SIZE = 20_000_000

describe('a transfer that is cut in the middle', needsProgram('sshd', 'openssh-server'), () => {
  let world: Reachable
  let copies = 0
  beforeAll(async () => {
    world = await reachable()
    await writeFile(join(world.gateway.directory, 'sent'), randomBytes(SIZE))
    await writeFile(join(world.sshd.directory, 'there'), randomBytes(SIZE))
  })
  afterAll(() => world[Symbol.asyncDispose]())

  /** Starts scp and waits until what it transfers is on the list of the session that runs. */
  async function startCopy(mode: readonly string[], direction: 'upload' | 'download') {
    const remote = (name: string) => `web1.acme@127.0.0.1:${join(world.sshd.directory, name)}`
    const [sent, got] = [join(world.gateway.directory, 'sent'), join(world.gateway.directory, 'got')]
    const copied = `copied-${++copies}`
    const way = direction === 'upload' ? [sent, remote(copied)] : [remote('there'), got]
    const options = ['-q', '-l', LIMIT, '-P', String(world.gateway.sshPort), ...sshOptions(world.gateway)]
    // A process group of its own: scp runs ssh.
    const child = spawn('scp', [...mode, ...options, ...way], { detached: true })
    const over = finished(child)
    const { sessions, records } = world.gateway.stores
    await vi.waitFor(
      async () => {
        const [session] = await sessions.list({ limit: 1, liveOnly: true })
        const [file] = await records.files(session?.id ?? '', 1)
        expect(file).toMatchObject({ direction, result: undefined, endedUs: undefined })
      },
      { timeout: 10_000, interval: 20 },
    )
    const die = () => process.kill(-(child.pid ?? 0), 'SIGKILL')
    return { die, over, copied: join(world.sshd.directory, copied) }
  }

  async function expectInterrupted(direction: 'upload' | 'download') {
    const files = await newestFiles(world.gateway)
    expect(files).toMatchObject([{ direction, result: 'interrupted', sha256: undefined }])
    expect(files[0]?.endedUs).toBeGreaterThan(files[0]?.atUs ?? 0)
    return files[0]?.bytes ?? 0
  }

  it.each([
    ['sftp', [], 'upload'],
    ['scp', ['-O'], 'upload'],
    ['sftp', [], 'download'],
    ['scp', ['-O'], 'download'],
  ] as const)('over the protocol %s, because the client died, is interrupted: %s %s', async (_, mode, direction) => {
    const { die, over, copied } = await startCopy(mode, direction)
    die()
    await over
    const bytes = await expectInterrupted(direction)
    expect(bytes).toBeLessThan(SIZE)
    const onDisk = direction === 'upload' ? (await stat(copied)).size : 0
    expect(bytes).toBeGreaterThanOrEqual(onDisk)
  })

  it('because the right was revoked, is interrupted with what passed', async () => {
    const { over } = await startCopy([], 'upload')
    const { staff, stores, client } = world.gateway
    const grant = (await stores.grants.list()).find(({ revokedAt }) => revokedAt === undefined)
    await stores.grants.revoke(grant?.id ?? '', 'test')
    expect((await over).stderr).toMatch(/the grant of ivan for web1\.acme has ended/)
    await expectInterrupted('upload')
    await stores.grants.add({ staffId: staff.id, clientId: client.id, targetId: undefined, until: undefined }, 'test')
  })
})
