import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { writeJumpConfig } from '#test/harness/jump-config.ts'
import { newestFiles, sha256Of, told } from '#test/harness/listed-files.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { run, sshOptions } from '#test/harness/ssh.ts'

const MIB = 1024 * 1024

describe('the list of files of a session', needsProgram('sshd', 'openssh-server'), () => {
  let world: Reachable
  /** `here` on this machine, `there` where the target keeps files; new for each test. */
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
  const options = () => ['-q', '-P', String(world.gateway.sshPort), ...sshOptions(world.gateway)]

  /** The ways to the same target: straight, and through `ssh -J` as an administrator has it. */
  const ways = {
    straight: () => ({ options: options(), host: 'web1.acme@127.0.0.1' }),
    '-J': async () => ({
      options: ['-q', '-F', await writeJumpConfig(world.gateway, world.gateway.keyFile), '-J', 'bastion'],
      host: `${world.sshd.login}@web1.acme`,
    }),
  }
  type Way = keyof typeof ways

  async function succeed(program: string, args: readonly string[]): Promise<void> {
    expect(await run(program, args)).toMatchObject({ stderr: '', status: 0 })
  }

  async function sftp(commands: readonly (string | Buffer)[], way: Way = 'straight') {
    const batch = join(here, '.batch')
    await writeFile(batch, Buffer.concat(commands.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])))
    const { options: chosen, host } = await ways[way]()
    return run('sftp', ['-b', batch, ...chosen, host])
  }

  async function content(name: string, bytes: Buffer | string): Promise<string> {
    await writeFile(join(here, name), bytes)
    return join(here, name)
  }

  describe.each<Way>(['straight', '-J'])('over the way %s', (way) => {
    it.each([
      ['sftp', []],
      ['scp', ['-O']],
    ])('has what scp copies by the protocol %s, both ways, as it is on the disk', async (_, mode) => {
      const [sent, empty] = [await content('sent', randomBytes(3_000_000)), await content('empty', '')]
      const { options: chosen, host } = await ways[way]()
      await succeed('scp', [...mode, ...chosen, sent, empty, `${host}:${there}/`])
      const hash = await sha256Of(join(there, 'sent'))
      expect((await newestFiles(world.gateway)).map(told)).toEqual([
        `upload ${there}/sent 3000000 ok ${hash.slice(0, 16)}`,
        `upload ${there}/empty 0 ok ${(await sha256Of(empty)).slice(0, 16)}`,
      ])
      await succeed('scp', [...mode, ...chosen, `${host}:${there}/sent`, join(here, 'back')])
      expect(await newestFiles(world.gateway)).toMatchObject([
        { direction: 'download', path: Buffer.from(`${there}/sent`), bytes: 3_000_000, sha256: hash, result: 'ok' },
      ])
    })

    it('has what sftp does in a batch, in its order', async () => {
      const sent = await content('sent', 'some text')
      const hash = (await sha256Of(sent)).slice(0, 16)
      const { status } = await sftp(
        [
          `put ${sent} ${there}/a`,
          `get ${there}/a ${here}/a`,
          `rename ${there}/a ${there}/b`,
          `mkdir ${there}/dir`,
          `chmod 600 ${there}/b`,
          `ln -s ${there}/b ${there}/soft`,
          `ln ${there}/b ${there}/hard`,
          `-get ${there}/none ${here}/none`,
          `rm ${there}/soft`,
          `-rmdir ${there}`,
          `rmdir ${there}/dir`,
        ],
        way,
      )
      expect(status).toBe(0)
      expect((await newestFiles(world.gateway)).map(told)).toEqual([
        `upload ${there}/a 9 ok ${hash}`,
        `download ${there}/a 9 ok ${hash}`,
        `rename ${there}/a -> ${there}/b ok`,
        `mkdir ${there}/dir ok`,
        `setstat ${there}/b ok`,
        `symlink ${there}/soft -> ${there}/b ok`,
        `hardlink ${there}/b -> ${there}/hard ok`,
        `remove ${there}/soft ok`,
        `rmdir ${there} failed`,
        `rmdir ${there}/dir ok`,
      ])
    })
  })

  it.each([
    ['sftp', []],
    ['scp', ['-O']],
  ])('has every file of a tree by the protocol %s, both ways', async (_, mode) => {
    await mkdir(join(here, 'tree', 'deep'), { recursive: true })
    const names = Array.from({ length: 150 }, (_, at) => (at % 2 === 0 ? `f${at}` : join('deep', `f${at}`)))
    for (const [at, name] of names.entries()) await content(join('tree', name), randomBytes(at * 100))
    const truth = await Promise.all(
      names.map(async (name) => `/tree/${name} ${await sha256Of(join(here, 'tree', name))}`),
    )
    const listed = async () =>
      (await newestFiles(world.gateway))
        .filter(({ operation }) => operation === 'transfer')
        .map(
          ({ path, sha256, result }) =>
            `${path?.toString().replace(there, '')} ${sha256}${result === 'ok' ? '' : result}`,
        )
    await succeed('scp', [...mode, '-r', ...options(), join(here, 'tree'), remote(`${there}/`)])
    expect((await listed()).toSorted()).toEqual(truth.toSorted())
    await succeed('scp', [...mode, '-r', ...options(), remote(`${there}/tree`), join(here, 'back')])
    expect((await listed()).toSorted()).toEqual(truth.toSorted())
  })

  it('has names that are no UTF-8, and those with newlines and escapes', async () => {
    const sent = await content('sent', 'x')
    const names = [
      Buffer.from('caf\xe9 \xff', 'latin1'),
      Buffer.from('\x1b]0;title\x07 \x1b[2J'),
      Buffer.from('日本 ☃'),
    ]
    const quoted = names.map((name) => Buffer.concat([Buffer.from(`put ${sent} "${there}/`), name, Buffer.from('"')]))
    expect(await sftp(quoted)).toMatchObject({ status: 0 })
    const files = await newestFiles(world.gateway)
    expect(files.map(({ path }) => path)).toEqual(names.map((name) => Buffer.concat([Buffer.from(`${there}/`), name])))
    for (const { path = '' } of files) expect(await sha256Of(path)).toBe(files[0]?.sha256)
    // A newline gets through neither a batch nor the protocol of scp, but through a directory.
    await mkdir(join(here, 'tree'))
    await content('tree/two\nlines', 'x')
    await succeed('scp', ['-r', ...options(), join(here, 'tree'), remote(`${there}/`)])
    expect((await newestFiles(world.gateway)).map(({ path }) => path?.toString())).toContain(`${there}/tree/two\nlines`)
  })

  it('has 200 MB with their hash, beyond what is stored of a channel', { timeout: 120_000 }, async () => {
    const sent = await content('sent', '')
    const file = await open(sent, 'w')
    for (let part = 0; part < 200; part++) await file.write(randomBytes(1_000_000))
    await file.close()
    expect(await sftp([`put ${sent} ${there}/sent`, `get ${there}/sent ${here}/back`])).toMatchObject({ status: 0 })
    const sha256 = await sha256Of(join(there, 'sent'))
    expect(await newestFiles(world.gateway)).toMatchObject([
      { direction: 'upload', bytes: 200_000_000, sha256, result: 'ok' },
      { direction: 'download', bytes: 200_000_000, sha256, result: 'ok' },
    ])
    expect(await sha256Of(join(here, 'back'))).toBe(sha256)
  })

  it('has a sparse file with the hash of what it reads as', async () => {
    const file = await open(join(there, 'sparse'), 'w')
    await file.truncate(30 * MIB)
    await file.write('end', 30 * MIB)
    await file.close()
    expect((await stat(join(there, 'sparse'))).blocks).toBeLessThan(100)
    await succeed('scp', [...options(), remote(`${there}/sparse`), here])
    const sha256 = await sha256Of(join(there, 'sparse'))
    expect(await newestFiles(world.gateway)).toMatchObject([{ bytes: 30 * MIB + 3, sha256, result: 'ok' }])
  })

  it('says of transfers that go on with an earlier one what passed, and that this has no hash', async () => {
    const all = randomBytes(100_000)
    const [sent] = [await content('all', all), await content('got', all.subarray(0, 60_000))]
    await writeFile(join(there, 'part'), all.subarray(0, 40_000))
    await sftp([`reput ${sent} ${there}/part`, `reget ${there}/part ${here}/got`])
    expect(await sha256Of(join(here, 'got'))).toBe(await sha256Of(sent))
    expect(await newestFiles(world.gateway)).toMatchObject([
      { direction: 'upload', bytes: 60_000, sha256: undefined, result: 'ok' },
      {
        direction: 'download',
        bytes: 40_000,
        sha256: undefined,
        result: 'ok',
        note: 'no hash: its first 60000 bytes did not pass',
      },
    ])
  })

  it('says why a file could not be copied', async () => {
    const sent = await content('sent', 'x')
    for (const mode of [[], ['-O']]) {
      expect((await run('scp', [...mode, ...options(), sent, remote(`${there}/no/such/place`)])).status).not.toBe(0)
      const [file] = await newestFiles(world.gateway)
      expect(file).toMatchObject({ direction: 'upload', path: Buffer.from(`${there}/no/such/place`), result: 'failed' })
      expect(file?.note?.toLowerCase()).toContain('no such file')
    }
  })

  it('has nothing for commands that carry no files', async () => {
    await succeed('ssh', [
      '-q',
      '-p',
      String(world.gateway.sshPort),
      ...sshOptions(world.gateway),
      'web1.acme@127.0.0.1',
      'true',
    ])
    expect(await newestFiles(world.gateway)).toEqual([])
    expect(await readdir(there)).toEqual([])
  })
})
