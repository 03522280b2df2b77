import { chown, mkdir, mkdtemp, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { localHost } from '#gateway/start/local-host.ts'
import type { Requirement } from '#test/harness/requirement.ts'

/** Only where the gateway runs as root does the demo's shell need a home of its own. */
function asRoot(): Requirement {
  const missing = { what: 'root', remedy: 'run as root' }
  return process.getuid?.() === 0 ? {} : { skip: true, meta: { missing } }
}

describe("the demo's home, in a directory where everybody may write", asRoot(), () => {
  let directory: string
  let home: string

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gatebook-local-host-'))
    home = join(directory, 'gatebook-demo-home')
    vi.stubEnv('TMPDIR', directory)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await rm(directory, { recursive: true })
  })

  it('is made for the account of the shell alone, and found again', async () => {
    const { account } = await localHost()
    const { uid, gid, mode } = await stat(home)
    expect({ uid, gid }).toEqual(account.ids)
    expect(mode & 0o777).toBe(0o700)
    expect((await localHost()).account.home).toBe(home)
  })

  it('is no link that somebody left there: what it points to keeps its owner', async () => {
    const kept = join(directory, 'kept')
    await mkdir(kept)
    await symlink(kept, home)
    await expect(localHost()).rejects.toMatchObject({ code: 'installation' })
    expect((await stat(kept)).uid).toBe(0)
  })

  it('is no directory of somebody else', async () => {
    await mkdir(home)
    await chown(home, 12_345, 12_345)
    await expect(localHost()).rejects.toMatchObject({ code: 'installation' })
    expect((await stat(home)).uid).toBe(12_345)
  })
})
