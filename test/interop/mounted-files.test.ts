import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { accessSync, constants } from 'node:fs'
import { copyFile, mkdir, readFile, rename, rm, stat, truncate, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { newestFiles, sha256Of, told } from '#test/harness/listed-files.ts'
import { reachable } from '#test/harness/reachable.ts'
import { findProgram, needs } from '#test/harness/requirement.ts'
import { finished, run, sshOptions } from '#test/harness/ssh.ts'

/** sshfs, and a kernel that lets this account mount with it. */
function canMount(): boolean {
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK)
    return ['sshfs', 'fusermount3', 'sshd'].every((program) => findProgram(program) !== undefined)
  } catch {
    return false
  }
}

describe(
  'a directory of the target, mounted',
  needs(canMount(), 'sshfs with /dev/fuse', 'apt-get install sshfs'),
  () => {
    it('leaves a list of what was done in it', async () => {
      await using world = await reachable()
      const [mount, there] = [join(world.gateway.directory, 'mount'), join(world.sshd.directory, 'there')]
      await mkdir(mount)
      await mkdir(there)
      const ssh = ['ssh', '-p', world.gateway.sshPort, ...sshOptions(world.gateway)].join(' ')
      const options = ['-f', '-o', `ssh_command=${ssh}`, '-o', 'dir_cache=no']
      const sshfs = spawn('sshfs', [...options, `web1.acme@127.0.0.1:${there}`, mount])
      const over = finished(sshfs)
      const device = (await stat(there)).dev
      await vi.waitFor(async () => expect((await stat(mount)).dev).not.toBe(device), { timeout: 10_000 })

      const local = join(world.gateway.directory, 'local')
      await writeFile(local, randomBytes(1_000_000))
      await copyFile(local, join(mount, 'a'))
      expect((await readFile(join(mount, 'a'))).equals(await readFile(local))).toBe(true)
      await mkdir(join(mount, 'dir'))
      await rename(join(mount, 'a'), join(mount, 'dir', 'b'))
      await truncate(join(mount, 'dir', 'b'), 10)
      await unlink(join(mount, 'dir', 'b'))
      await rm(join(mount, 'dir'), { recursive: true })
      expect(await run('fusermount3', ['-u', mount])).toMatchObject({ status: 0 })
      await over

      const hash = (await sha256Of(local)).slice(0, 16)
      expect((await newestFiles(world.gateway)).map((file) => told(file).replaceAll(there, ''))).toEqual([
        `upload /a 1000000 ok ${hash}`,
        'setstat /a ok',
        `download /a 1000000 ok ${hash}`,
        'mkdir /dir ok',
        'rename /a -> /dir/b ok',
        'setstat /dir/b ok',
        'remove /dir/b ok',
        'rmdir /dir ok',
      ])
    })
  },
)
