import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parsePublicKeyLine } from '#gateway/access/public-key-line.ts'
import { peers } from '#test/harness/peer.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { newestEndedSession } from '#test/harness/recorded.ts'
import { findProgram } from '#test/harness/requirement.ts'
import { run } from '#test/harness/ssh.ts'

/** Has neither GCM nor encrypt-then-MAC: agrees on chacha20. */
describe('Dropbear', peers(['dbclient', 'dropbear-bin', '-V'], ['sshd', 'openssh-server', '-V']), () => {
  let world: Reachable
  let options: string[]
  beforeAll(async () => {
    world = await reachable()
    const { gateway } = world
    const keyFile = join(gateway.directory, 'dropbear-key')
    const made = (await run('dropbearkey', ['-t', 'ed25519', '-f', keyFile])).stdout.toString()
    const line = made.split('\n').find((text) => text.startsWith('ssh-ed25519 ')) ?? ''
    await gateway.stores.staff.addKey(gateway.staff.id, parsePublicKeyLine(line), 'test')
    options = ['-y', '-y', '-T', '-i', keyFile]
  })
  afterAll(() => world[Symbol.asyncDispose]())

  it.each([
    ['straight', () => ['-p', String(world.gateway.sshPort), 'web1.acme@127.0.0.1']],
    // A list of hosts is its -J: it asks the one before for a way to the next, and runs itself by the path it was run by.
    ['by two hops', () => [`ivan@127.0.0.1/${world.gateway.sshPort},${world.sshd.login}@web1.acme`]],
  ])('runs a command %s: output, errors, status', async (_, where) => {
    const { stdout, stderr, status } = await run(findProgram('dbclient')!, [
      ...options,
      ...where(),
      'echo out; echo err >&2; exit 7',
    ])
    expect([stdout.toString(), status]).toEqual(['out\n', 7])
    expect(stderr).toContain('err\n')
    expect(await newestEndedSession(world.gateway)).toMatchObject({ target: 'web1.acme', exitStatus: 7 })
  })
})
