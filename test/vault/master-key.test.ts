import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadMasterKey } from '#gateway/vault/master-key.ts'

describe('the master key', () => {
  let dataDirectory = ''
  let masterKeyFile = ''
  const load = (somethingIsSealed = false) => loadMasterKey({ masterKeyFile, dataDirectory, somethingIsSealed })
  const refused = (message: RegExp) =>
    expect.objectContaining({ code: 'master-key', message: expect.stringMatching(message) })

  beforeEach(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'gatebook-key-'))
    masterKeyFile = join(dataDirectory, 'master.key')
  })
  afterEach(() => rm(dataDirectory, { recursive: true }))

  it('is made at the first use, for its owner only, and stays the same', async () => {
    const made = await load()
    expect(made).toHaveLength(32)
    expect((await stat(masterKeyFile)).mode & 0o777).toBe(0o600)
    expect(await load(true)).toEqual(made)
  })

  it('is one key when several commands start at once', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => load()))
    for (const key of keys) expect(key).toEqual(await readFile(masterKeyFile))
  })

  it('is not made anew while the database holds what the lost one sealed', async () => {
    await expect(load(true)).rejects.toEqual(refused(/is missing, and there are secrets that it sealed/))
    await expect(stat(masterKeyFile)).rejects.toThrow('ENOENT')
  })

  it('is never made outside the data directory', async () => {
    masterKeyFile = join(dataDirectory, 'elsewhere.key')
    await expect(load()).rejects.toEqual(refused(/there is no master key at/))
  })

  it.each([31, 33, 0])('is refused with %i bytes', async (size) => {
    await writeFile(masterKeyFile, randomBytes(size), { mode: 0o600 })
    await expect(load()).rejects.toEqual(refused(new RegExp(`has ${size} bytes, not 32`)))
  })

  it.each([0o640, 0o604, 0o620])('is refused with mode %o', async (mode) => {
    await writeFile(masterKeyFile, randomBytes(32))
    await chmod(masterKeyFile, mode)
    await expect(load()).rejects.toEqual(refused(/others can read/))
  })

  it('is taken when only its owner may read it', async () => {
    const key = randomBytes(32)
    await writeFile(masterKeyFile, key)
    await chmod(masterKeyFile, 0o400)
    expect(await load()).toEqual(key)
  })

  it('is refused where a directory stands in its place', async () => {
    masterKeyFile = dataDirectory
    await chmod(dataDirectory, 0o700)
    await expect(load()).rejects.toEqual(refused(/bytes, not 32|cannot read/))
  })
})
