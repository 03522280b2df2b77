import { randomBytes } from 'node:crypto'
import { appendFile, link, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { writeJumpConfig } from '#test/harness/jump-config.ts'
import { newestFiles, sha256Of, told } from '#test/harness/listed-files.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { findProgram, needs } from '#test/harness/requirement.ts'
import { run, sshOptions } from '#test/harness/ssh.ts'

const hasBoth = ['sshd', 'rsync'].every((program) => findProgram(program) !== undefined)

describe(
  'the list of files of rsync',
  needs(hasBoth, 'rsync with sshd', 'apt-get install rsync openssh-server'),
  () => {
    let world: Reachable
    let here: string
    let there: string
    let tests = 0
    beforeAll(async () => {
      world = await reachable()
    })
    beforeEach(async () => {
      tests++
      here = join(world.gateway.directory, `here-${tests}`)
      there = join(world.sshd.directory, `there-${tests}`)
      await mkdir(here)
      await mkdir(there)
    })
    afterAll(() => world[Symbol.asyncDispose]())

    const remote = (path: string) => `web1.acme@127.0.0.1:${path}`

    async function rsync(...args: readonly string[]): Promise<void> {
      const shell = ['ssh', '-p', world.gateway.sshPort, ...sshOptions(world.gateway)].join(' ')
      expect(await run('rsync', ['-e', shell, ...args])).toMatchObject({ stderr: '', status: 0 })
    }

    /** A tree in which files, directories and names stand in every order that rsync may ask for. */
    async function tree(at: string): Promise<Map<string, string>> {
      const names = [
        'b',
        'a-file',
        'a/x',
        'a/y/z',
        'a-b/x',
        'a.b',
        'a/.hidden',
        'Z',
        'ab/c',
        'ab.d',
        'deep/er/est/x',
        'é',
        'empty',
      ]
      for (let number = 0; number < 60; number++) names.push(`many/${number % 7}/f${number}`)
      const hashes = new Map<string, string>()
      for (const [number, name] of names.entries()) {
        await mkdir(join(at, name, '..'), { recursive: true })
        await writeFile(join(at, name), name === 'empty' ? '' : randomBytes(100 + number * 1000))
        hashes.set(name, await sha256Of(join(at, name)))
      }
      await symlink('a/x', join(at, 'link'))
      return hashes
    }

    /** What an entry says, with the whole hash and without the directories of the test. */
    const listed = async () =>
      (await newestFiles(world.gateway)).map((file) => told(file).replaceAll(there, '')).toSorted()

    it.each([
      ['-a'],
      ['-rlt', '--protocol=30'],
      ['-a', '--protocol=31', '--no-inc-recursive'],
      ['-a', '--delete-before', '--filter=P keep', '--exclude=nothing'],
      ['-ac', '--checksum-choice=md5', '-U'],
      ['-as', '--numeric-ids', '-m'],
      ['-aR', '--checksum-choice=sha1'],
      ['-avi', '--iconv=utf8,utf8'],
    ])('has each file of a tree with its hash, up and down: rsync %s %s %s', async (...options) => {
      const hashes = await tree(join(here, 'tree'))
      const expected = [...hashes].map(([name, hash]) => `/tree/${name} ${hash} ok`).toSorted()
      const transfers = async () =>
        (await newestFiles(world.gateway))
          .filter(({ operation }) => operation === 'transfer')
          .map(({ path, sha256, result }) => `${path?.toString().replace(there, '')} ${sha256} ${result}`)
          .toSorted()
      await rsync(...options, options.includes('-aR') ? `${here}/./tree` : join(here, 'tree'), remote(`${there}/`))
      expect(await transfers()).toEqual(expected)
      await rsync(...options, remote(join(there, 'tree')), join(here, 'back'))
      expect(await transfers()).toEqual(expected)
    })

    it('has what goes through ssh -J, both ways', async () => {
      await writeFile(join(here, 'file'), randomBytes(100_000))
      const hash = (await sha256Of(join(here, 'file'))).slice(0, 16)
      const jump = ['-a', '-e', `ssh -F ${await writeJumpConfig(world.gateway, world.gateway.keyFile)} -J bastion`]
      const onTarget = (path: string) => `${world.sshd.login}@web1.acme:${path}`
      expect(await run('rsync', [...jump, join(here, 'file'), onTarget(`${there}/`)])).toMatchObject({ status: 0 })
      expect(await listed()).toEqual([`upload /file 100000 ok ${hash}`])
      expect(await run('rsync', [...jump, onTarget(`${there}/file`), join(here, 'back')])).toMatchObject({ status: 0 })
      expect(await listed()).toEqual([`download /file 100000 ok ${hash}`])
    })

    it('has directories, links and what is removed', async () => {
      await mkdir(join(here, 'tree', 'dir'), { recursive: true })
      await writeFile(join(here, 'tree', 'one'), 'x')
      await link(join(here, 'tree', 'one'), join(here, 'tree', 'two'))
      await symlink('one', join(here, 'tree', 'soft'))
      await rsync('-aH', join(here, 'tree'), remote(`${there}/`))
      const hash = (await sha256Of(join(here, 'tree', 'one'))).slice(0, 16)
      // Which of the two comes first is the directory's.
      const lines = await listed()
      const [first, second] = lines[0]?.includes('one ->') === true ? ['one', 'two'] : ['two', 'one']
      expect(lines).toEqual([
        `hardlink /tree/${first} -> /tree/${second} ok`,
        'mkdir /tree ok',
        'mkdir /tree/dir ok',
        'symlink /tree/soft -> one ok',
        `upload /tree/${first} 1 ok ${hash}`,
      ])
      await rm(join(here, 'tree', 'dir'), { recursive: true })
      await rm(join(here, 'tree', 'soft'))
      await rsync('-aH', '--delete', join(here, 'tree'), remote(`${there}/`))
      expect(await listed()).toEqual(['remove /tree/soft ok', 'rmdir /tree/dir ok'])
    })

    it.each(['zstd', 'lz4', 'zlib', 'zlibx', undefined])('has compressed files without a hash: %s', async (choice) => {
      const hashes = await tree(join(here, 'tree'))
      const compress = choice === undefined ? ['-z'] : ['-z', `--compress-choice=${choice}`]
      await rsync('-r', ...compress, join(here, 'tree'), remote(`${there}/`))
      const files = (await newestFiles(world.gateway)).filter(({ direction }) => direction === 'upload')
      for (const name of hashes.keys()) {
        const { size } = await stat(join(here, 'tree', name))
        const file = files.find(({ path }) => path?.toString() === join(there, 'tree', name))
        expect(file).toMatchObject({ bytes: size, result: 'ok' })
        if (size > 0) expect(file).toMatchObject({ sha256: undefined, note: 'no hash: it passed compressed' })
      }
      await rsync('-r', ...compress, remote(join(there, 'tree')), join(here, 'back'))
      expect((await newestFiles(world.gateway)).filter(({ result }) => result === 'ok')).toHaveLength(hashes.size)
    })

    it('says of a file of which only the changes passed how much that was', async () => {
      const file = join(here, 'file')
      await writeFile(file, randomBytes(500_000))
      await rsync('-a', file, remote(`${there}/`))
      expect(await listed()).toEqual([`upload /file 500000 ok ${(await sha256Of(file)).slice(0, 16)}`])
      await appendFile(file, 'and more')
      for (const compress of [[], ['-z']]) {
        await writeFile(join(there, 'file'), (await readFile(file)).subarray(0, 500_000))
        await rsync('-a', '-I', '--no-whole-file', ...compress, file, remote(`${there}/`))
        const [sent] = await newestFiles(world.gateway)
        expect(sent).toMatchObject({ path: Buffer.from(join(there, 'file')), sha256: undefined, result: 'ok' })
        expect(sent?.bytes).toBeLessThan(10_000)
        expect(sent?.note).toBe('it is 500008 bytes long; no hash: only what had changed passed')
      }
    })

    it('names a single file by its path, or says that it does not know', async () => {
      await writeFile(join(here, 'file'), 'x')
      const hash = (await sha256Of(join(here, 'file'))).slice(0, 16)
      await rsync(join(here, 'file'), remote(join(there, 'other')))
      expect(await listed()).toEqual([`upload /other 1 ok ${hash}`])
      const [file] = await newestFiles(world.gateway)
      expect(file?.note).toBe(`or ${there}/other/file, where the target of the copy was a directory`)
      await rsync(remote(join(there, 'other')), join(here, 'back'))
      expect(await listed()).toEqual([`download /other 1 ok ${hash}`])
    })

    it('has names that are no UTF-8, and those with newlines', async () => {
      const names = [Buffer.from('caf\xe9 \xff', 'latin1'), Buffer.from('two\nlines'), Buffer.from('日本 ☃')]
      await mkdir(join(here, 'tree'))
      for (const name of names) await writeFile(Buffer.concat([Buffer.from(join(here, 'tree/')), name]), 'x')
      await rsync('-r', `${join(here, 'tree')}/`, remote(there))
      const paths = (await newestFiles(world.gateway))
        .filter(({ direction }) => direction !== undefined)
        .map(({ path }) => path)
      const below = names.map((name) => Buffer.concat([Buffer.from(`${there}/`), name]))
      expect(paths.toSorted((a, b) => Buffer.compare(a!, b!))).toEqual(below.toSorted((a, b) => Buffer.compare(a, b)))
    })

    it('has nothing where nothing passes', async () => {
      await tree(join(here, 'tree'))
      await rsync('-a', join(here, 'tree'), remote(`${there}/`))
      await rsync('-a', join(here, 'tree'), remote(`${there}/`))
      expect(await listed()).toEqual([])
    })

    it.each([['-aX'], ['-an'], ['-a', '--protocol=29']])(
      'has what the command names where it cannot be followed: %s %s',
      async (...options) => {
        await writeFile(join(here, 'file'), 'x')
        await rsync(...options, join(here, 'file'), remote(`${there}/`))
        const files = await newestFiles(world.gateway)
        expect(files.map(told)).toEqual(['unread unread', `upload ${there}/ unread`])
        expect(files[1]?.note).toBe('only the command of rsync is known, not which files passed')
      },
    )

    it('says when rsync was not content', async () => {
      await mkdir(join(here, 'tree'))
      await writeFile(join(here, 'tree', 'a'), 'x')
      // A directory stands where the file is to be.
      await mkdir(join(there, 'tree', 'a', 'full'), { recursive: true })
      const shell = ['ssh', '-p', world.gateway.sshPort, ...sshOptions(world.gateway)].join(' ')
      expect((await run('rsync', ['-r', '-e', shell, join(here, 'tree'), remote(`${there}/`)])).status).toBe(23)
      expect((await newestFiles(world.gateway)).map(({ note }) => note)).toContain(
        'rsync ended with status 23: some of these files may not have been written',
      )
    })
  },
)
