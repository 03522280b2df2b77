import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installation, type Seen } from './installation.ts'

const root = new URL('../../', import.meta.url)
const program = fileURLToPath(new URL('dist/gatebook.js', root))

let home: Awaited<ReturnType<typeof installation>>
beforeAll(async () => {
  await promisify(execFile)(process.execPath, ['build.mjs', 'gateway'], { cwd: root })
  home = await installation()
})
afterAll(() => home[Symbol.asyncDispose]())

/** Runs the real program as a process of its own, with these settings and no other. */
async function gatebook(args: string, settings: Record<string, string> = {}, stdin = ''): Promise<Seen> {
  const environment = {
    PATH: process.env.PATH,
    DATABASE_URL: home.url,
    GATEBOOK_DATA: home.dataDirectory,
    GATEBOOK_SSH_LISTEN: '127.0.0.1:0',
    GATEBOOK_HTTP_LISTEN: '127.0.0.1:0',
    ...settings,
  }
  const child = spawn(process.execPath, [program, ...args.split(' ')], { env: environment })
  child.stdin.end(stdin)
  const closed = once(child, 'close') as Promise<[number]>
  const [out, err, [status]] = await Promise.all([text(child.stdout), text(child.stderr), closed])
  return { out, err, status }
}

describe('the program', () => {
  it('adds and lists on a real database', async () => {
    expect(await gatebook('client add acme --name Acme --zone UTC')).toEqual({
      out: '',
      err: 'gatebook: added client acme; next: gatebook key issue acme\n',
      status: 0,
    })
    expect(JSON.parse((await gatebook('client list --json')).out)).toHaveLength(1)
  })

  it('exits 2 on wrong usage', async () => {
    const seen = await gatebook('client lst')
    expect(seen.status).toBe(2)
    expect(seen.err).toMatch(/^gatebook: there is no command lst; did you mean list\? add --help/)
  })

  it.each(['client list', 'start'])('says in one line what to do when the database is down: %s', async (command) => {
    const seen = await gatebook(command, { DATABASE_URL: 'postgres://gatebook:secret@127.0.0.1:1/gatebook' })
    expect(seen).toMatchObject({ out: '', status: 1 })
    expect(seen.err).toMatch(/^gatebook: .*ECONNREFUSED.*; .*DATABASE_URL.*\n$/)
    expect(seen.err).not.toContain('secret')
  })

  it('says in one line what to do when a port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const taken = `127.0.0.1:${(server.address() as AddressInfo).port}`
    for (const setting of ['GATEBOOK_SSH_LISTEN', 'GATEBOOK_HTTP_LISTEN']) {
      const seen = await gatebook('start', { [setting]: taken })
      expect(seen.status).toBe(1)
      expect(seen.err.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^gatebook: .*; .*${setting}`))
    }
    server.close()
  })

  it('says in one line what to do when the data directory cannot be made', async () => {
    // Not even root makes a directory there; with the embedded database and without it.
    for (const settings of [{}, { DATABASE_URL: '' }]) {
      const seen = await gatebook('start', { ...settings, GATEBOOK_DATA: '/proc/gatebook' })
      expect(seen.status).toBe(1)
      expect(seen.err.trimEnd().split('\n').at(-1)).toMatch(/^gatebook: .*\/proc\/gatebook.*; .*GATEBOOK_DATA/)
    }
  })

  it('says in one line what to do when the master key is unfit', async () => {
    const directory = join(home.dataDirectory, 'unfit')
    await mkdir(directory, { mode: 0o700 })
    expect((await gatebook('key issue acme', { GATEBOOK_DATA: directory })).status).toBe(0)
    await chmod(join(directory, 'master.key'), 0o644)
    const seen = await gatebook('start', { GATEBOOK_DATA: directory })
    expect(seen.status).toBe(1)
    expect(seen.err.trimEnd().split('\n').at(-1)).toMatch(/^gatebook: others can read the master key .*; .*chmod 600/)
  })

  it('is content when its reader has seen enough', async () => {
    const child = spawn(process.execPath, [program, '--help'], { env: { PATH: process.env.PATH } })
    child.stdout.destroy()
    const closed = once(child, 'close') as Promise<[number]>
    expect(await text(child.stderr)).toBe('')
    expect((await closed)[0]).toBe(0)
  })

  it('computes a bill from stdin', async () => {
    const seen = await gatebook('bill compute -', {}, '{"cases": []}')
    expect(JSON.parse(seen.out)).toEqual({ results: [] })
  })
})
