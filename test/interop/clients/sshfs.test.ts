import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { peers } from '#test/harness/peer.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { newestEndedSession } from '#test/harness/recorded.ts'
import type { Requirement } from '#test/harness/requirement.ts'
import { run } from '#test/harness/ssh.ts'
import { writeSshConfig } from '#test/harness/ssh-config.ts'

/** A container may have no FUSE, and no package gives it one. */
function needsFuse(requirement: Requirement): Requirement {
  if (requirement.skip === true || existsSync('/dev/fuse')) return requirement
  return { skip: true, meta: { missing: { what: '/dev/fuse', remedy: 'give the container the device' } } }
}

describe('sshfs', needsFuse(peers(['sshfs', 'sshfs', '--version'], ['sshd', 'openssh-server', '-V'])), () => {
  let world: Reachable
  let config: string
  beforeAll(async () => {
    world = await reachable()
    config = await writeSshConfig(world)
  })
  afterAll(() => world[Symbol.asyncDispose]())

  it.each(['web1', 'web1.acme'])('mounts what is on the target, by %s', async (host) => {
    const [folder, mounted] = [join(world.sshd.directory, host), join(world.gateway.directory, `mounted-${host}`)]
    await mkdir(folder)
    await mkdir(mounted)
    const content = randomBytes(300_000)
    expect(await run('sshfs', ['-F', config, `${host}:${folder}`, mounted])).toMatchObject({ status: 0 })
    try {
      await writeFile(join(mounted, 'written'), content)
      await rename(join(mounted, 'written'), join(mounted, 'renamed'))
      expect(await readdir(folder)).toEqual(['renamed'])
      expect((await readFile(join(folder, 'renamed'))).equals(content)).toBe(true)
      expect((await readFile(join(mounted, 'renamed'))).equals(content)).toBe(true)
    } finally {
      await run('fusermount3', ['-u', mounted])
    }
    expect(await newestEndedSession(world.gateway)).toMatchObject({ target: 'web1.acme', channels: 1 })
  })
})
