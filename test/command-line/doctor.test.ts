import { once } from 'node:events'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { DatabaseFacts, Examination } from '#gateway/command-line/doctor/examination.ts'
import { GatewayError } from '#gateway/errors.ts'
import { examineDatabase } from '#gateway/storage/examine-database.ts'
import { installation } from './installation.ts'

const sqlDirectory = fileURLToPath(new URL('../../sql', import.meta.url))

interface Examined {
  readonly settings?: Record<string, string>
  readonly examination?: Partial<Examination>
}

/** Runs `gatebook doctor` on free ports; the findings by the name of their check, and the exit status. */
async function doctor(home: Awaited<ReturnType<typeof installation>>, { settings, examination }: Examined = {}) {
  const environment = {
    DATABASE_URL: home.url,
    GATEBOOK_DATA: home.dataDirectory,
    GATEBOOK_SSH_LISTEN: '127.0.0.1:0',
    GATEBOOK_HTTP_LISTEN: '127.0.0.1:0',
    GATEBOOK_JOURNAL_MAX_BYTES: '8388608',
    ...settings,
  }
  const real: Examination = {
    database: (config) => examineDatabase(config.databaseUrl!, sqlDirectory),
    nativeParts: async () => [{ name: 'terminal (node-pty)', needed: true, fault: undefined }],
  }
  const parts = { environment, examination: { ...real, ...examination } }
  const seen = await home.gatebook('doctor --json', { parts })
  const findings = JSON.parse(seen.out) as { check: string; state: string; finding: string; advice: string | null }[]
  return {
    status: seen.status,
    all: findings,
    of: (check: string) => findings.find((each) => each.check === check)!,
    lines: (await home.gatebook('doctor', { parts })).out,
  }
}

async function listening(answer: string): Promise<{ server: Server; address: string }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.end(answer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, address: `127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe('gatebook doctor', () => {
  it('makes no database where there is none', async () => {
    await using home = await installation()
    const database = () => Promise.reject(new Error('opened'))
    const settings = { DATABASE_URL: '', GATEBOOK_DATA: '' }
    const examined = await doctor(home, { settings, examination: { database } })
    expect(examined.of('database')).toMatchObject({
      state: 'warn',
      finding: expect.stringContaining('no installation'),
    })
    expect(examined.status).toBe(0)
  })

  it('finds nothing to do on a sound installation, and exits 0', async () => {
    await using home = await installation()
    const examined = await doctor(home)
    expect(examined.all.map(({ check, state }) => `${check} ${state}`)).toEqual([
      'settings ok',
      'data directory ok',
      'disk ok',
      'database ok',
      'schema ok',
      'search ok',
      'clock ok',
      'master key ok',
      'tree heads warn',
      'terminal (node-pty) ok',
      'SSH port ok',
      'HTTP port ok',
    ])
    expect(examined.status).toBe(0)
    expect(examined.lines).toMatch(/^ok {4}settings: all understood\n/)
  })

  it('tells every mistake in the settings', async () => {
    await using home = await installation()
    const { all, status } = await doctor(home, { settings: { GATEBOOK_DURABILITY: 'x', GATEBOOK_IDEL: '1' } })
    expect(all.filter(({ state }) => state === 'fail')).toMatchObject([
      { check: 'settings', finding: 'GATEBOOK_IDEL is no setting of gatebook' },
      { check: 'settings', finding: 'GATEBOOK_DURABILITY must be process or power' },
    ])
    expect(status).toBe(1)
  })

  it('fails without a database, and says so of the master key too', async () => {
    await using home = await installation()
    const examination = {
      database: () => Promise.reject(new GatewayError('database-unavailable', 'connection refused')),
    }
    const { of, status, lines } = await doctor(home, { examination })
    expect(of('database')).toMatchObject({ state: 'fail', advice: expect.stringContaining('DATABASE_URL') })
    expect(lines).toMatch(/^fail {2}database: connection refused; check that PostgreSQL runs/m)
    expect(status).toBe(1)
  })

  it.each([
    [{ serverVersion: 140_000 }, 'database', 'ok'],
    [{ serverVersion: 130_022 }, 'database', 'fail'],
    [{ pendingMigrations: 1 }, 'schema', 'warn'],
    [{ pendingMigrations: -1 }, 'schema', 'fail'],
    [{ trigrams: 'can-create' }, 'search', 'ok'],
    [{ trigrams: 'may-not-create' }, 'search', 'fail'],
    [{ trigrams: 'not-installed' }, 'search', 'fail'],
    [{ now: new Date(Date.now() - 60_000) }, 'clock', 'warn'],
    [{ now: new Date(Date.now() + 60_000) }, 'clock', 'warn'],
  ] as const)('judges a database with %j: %s %s', async (facts, check, state) => {
    await using home = await installation()
    const database = async (): Promise<DatabaseFacts> => ({
      serverVersion: 180_004,
      pendingMigrations: 0,
      trigrams: 'created',
      now: new Date(),
      ...facts,
    })
    const { of, status } = await doctor(home, { examination: { database } })
    expect(of(check).state).toBe(state)
    expect(status).toBe(state === 'fail' ? 1 : 0)
  })

  it('sees that a database has no schema yet', async () => {
    await using home = await installation()
    await home.database.change(async (tx) => void (await tx.execute('drop schema drizzle cascade')))
    expect((await doctor(home)).of('schema').state).toBe('warn')
  })

  it('tries the master key on what is sealed', async () => {
    await using home = await installation()
    await home.gatebook('client add acme --name Acme --zone UTC')
    await home.gatebook('key issue acme')
    expect((await doctor(home)).of('master key')).toMatchObject({ state: 'ok', finding: 'opens what is sealed' })
    const file = join(home.dataDirectory, 'master.key')
    await writeFile(file, Buffer.alloc(32))
    expect((await doctor(home)).of('master key').state).toBe('fail')
    await rm(file)
    expect((await doctor(home)).of('master key')).toMatchObject({ state: 'fail', finding: `there is no ${file}` })
    const other = { GATEBOOK_MASTER_KEY_FILE: join(home.dataDirectory, 'other.key') }
    expect((await doctor(home, { settings: other })).of('master key').state).toBe('fail')
  })

  it('judges the data directory, made or not', async () => {
    await using home = await installation()
    const inside = (name: string) => ({ settings: { GATEBOOK_DATA: join(home.dataDirectory, name) } })
    expect((await doctor(home, inside('a/b'))).of('data directory').finding).toMatch(/will be made at the first start/)
    await mkdir(join(home.dataDirectory, 'open'), { mode: 0o755 })
    await chmod(join(home.dataDirectory, 'open'), 0o755)
    expect((await doctor(home, inside('open'))).of('data directory')).toMatchObject({ state: 'warn' })
    await writeFile(join(home.dataDirectory, 'file'), '')
    expect((await doctor(home, inside('file'))).of('data directory')).toMatchObject({ state: 'fail' })
    expect((await doctor(home, { settings: { GATEBOOK_DATA: '/proc/gatebook' } })).status).toBe(1)
  })

  it('warns where the disk has no room for the journal', async () => {
    await using home = await installation()
    const settings = { GATEBOOK_JOURNAL_MAX_BYTES: String(2 ** 50) }
    expect((await doctor(home, { settings })).of('disk')).toMatchObject({ state: 'warn' })
  })

  it('tells a gateway of ours from another program on its ports', async () => {
    await using home = await installation()
    const ours = [await listening('SSH-2.0-Gatebook\r\n'), await listening('HTTP/1.1 200 OK\r\n\r\n{"status":"alive"}')]
    const others = [await listening('SSH-2.0-OpenSSH_9.2\r\n'), await listening('HTTP/1.1 200 OK\r\n\r\nhello')]
    const on = ([ssh, http]: typeof ours) => ({
      settings: { GATEBOOK_SSH_LISTEN: ssh!.address, GATEBOOK_HTTP_LISTEN: http!.address },
    })
    const [mine, theirs] = [await doctor(home, on(ours)), await doctor(home, on(others))]
    expect([mine.of('SSH port').state, mine.of('HTTP port').state, mine.status]).toEqual(['ok', 'ok', 0])
    expect([theirs.of('SSH port').state, theirs.of('HTTP port').state, theirs.status]).toEqual(['fail', 'fail', 1])
    for (const { server } of [...ours, ...others]) server.close()
  })

  it.each([
    [true, 'fail', 1],
    [false, 'warn', 0],
  ])('judges a native part that does not load (needed: %s)', async (needed, state, status) => {
    await using home = await installation()
    const nativeParts = async () => [{ name: 'ciphers (ssh2)', needed, fault: 'cannot open shared object' }]
    const examined = await doctor(home, { examination: { nativeParts } })
    expect(examined.of('ciphers (ssh2)')).toMatchObject({ state, finding: 'cannot open shared object' })
    expect(examined.status).toBe(status)
  })
})
