import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { verificationView } from '#gateway/recording/seal/verification-view.ts'
import { verdictOnRecord } from '#gateway/session/verify-recorded-session.ts'
import { storesOn } from '#gateway/start/open-database.ts'
import { seededChance } from '#test/harness/chance.ts'
import { databaseServer } from '#test/harness/database-server.ts'
import { gatewayProcess, type GatewayProcess } from '#test/harness/gateway-process.ts'
import { reachable, type Reachable, type ReachableOptions } from '#test/harness/reachable.ts'
import { bytesOf, recordedEvents } from '#test/harness/recorded.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { finished, run, sshOptions, startSsh } from '#test/harness/ssh.ts'

const ROUNDS = 3
/** Numbers, so that a byte too many, too few or in the wrong place is seen. */
const FLOOD = ['-tt', '--', 'seq 1 100000000']

/** An installation whose gateway runs as a process that can be killed. */
async function killable(options: ReachableOptions = {}) {
  const world = await reachable(options)
  onTestFinished(() => world[Symbol.asyncDispose]())
  await world.gateway.close()
  let running: GatewayProcess | undefined
  onTestFinished(() => void running?.child.kill('SIGKILL'))
  return {
    ...world,
    stores: storesOn(world.gateway.database.database),
    async start() {
      running = await gatewayProcess({
        environment: {
          DATABASE_URL: world.gateway.database.url,
          GATEBOOK_DATA: join(world.gateway.directory, 'data'),
        },
      })
      return running
    },
  }
}

type Stores = ReturnType<typeof storesOn>

/** Floods a client, strikes `afterMs` after its first byte, and gives what the client had received. */
async function floodUntil(world: Reachable, sshPort: number, strike: () => Promise<unknown>): Promise<Buffer> {
  const child = startSsh({ sshPort, keyFile: world.gateway.keyFile }, 'web1.acme', FLOOD)
  const ended = finished(child)
  await once(child.stdout, 'data')
  await strike()
  const { stdout, status } = await ended
  expect(status).toBe(255)
  return stdout
}

async function expectInterruptedWhole(stores: Stores, received: Buffer): Promise<void> {
  const [session] = await stores.sessions.list({ limit: 1 })
  if (session === undefined) throw new Error('no session')
  const events = await recordedEvents({ stores }, session.id)
  const recorded = bytesOf(events, 'output')
  expect(received.length).toBeGreaterThan(0)
  expect(recorded.subarray(0, received.length).equals(received)).toBe(true)
  expect(session).toMatchObject({ state: 'interrupted', bytesOut: recorded.length, lengthUs: events.at(-1)?.atUs })
  // In whole microseconds in the database; a Date has milliseconds.
  const endedMs = session.startedAt.getTime() + session.lengthUs / 1000
  expect(Math.abs((session.endedAt?.getTime() ?? 0) - endedMs)).toBeLessThanOrEqual(1)
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index))
  const verdict = verificationView(session.id, await verdictOnRecord(stores, session.id))
  expect(verdict).toMatchObject({ what: null, state: 'interrupted', sealedUs: session.lengthUs, events: events.length })
}

describe('kill -9', needsSshdTerminals(), () => {
  it('of the gateway in mid-output loses no byte that the client has received', { timeout: 120_000 }, async () => {
    const chance = seededChance()
    const world = await killable()
    let gateway = await world.start()
    for (let round = 0; round < ROUNDS; round++) {
      const received = await floodUntil(world, gateway.sshPort, async () => {
        await wait(chance(400))
        await gateway.end('SIGKILL')
      })
      gateway = await world.start()
      expect(gateway.said()).toContain('1 sessions were interrupted')
      await expectInterruptedWhole(world.stores, received)
    }
    const before = await world.stores.sessions.list({ limit: 100 })
    await gateway.end('SIGTERM')
    await (await world.start()).end('SIGTERM')
    expect(await world.stores.sessions.list({ limit: 100 })).toEqual(before)
  })

  it('of the gateway and of PostgreSQL at once loses none either', { timeout: 60_000 }, async () => {
    const chance = seededChance()
    const server = await databaseServer()
    const world = await killable({ database: server })
    const gateway = await world.start()
    const received = await floodUntil(world, gateway.sshPort, async () => {
      await wait(chance(600))
      await Promise.all([server.kill(), gateway.end('SIGKILL')])
    })
    await server.back()
    await world.start()
    await expectInterruptedWhole(world.stores, received)
  })

  it('of the gateway in mid-transfer keeps what passed on the list of files', { timeout: 60_000 }, async () => {
    const world = await killable()
    const gateway = await world.start()
    const { directory, keyFile } = world.gateway
    const [small, large] = [join(directory, 'small'), join(directory, 'large')]
    await writeFile(small, 'small')
    await writeFile(large, randomBytes(20_000_000))
    await writeFile(join(directory, 'batch'), [small, large].map((file) => `put ${file} ${file}.there`).join('\n'))
    // 8 Mbit/s: the large one takes 20 s.
    const options = ['-q', '-l', '8000', '-b', join(directory, 'batch'), '-P', String(gateway.sshPort)]
    const over = run('sftp', [...options, ...sshOptions({ keyFile }), 'web1.acme@127.0.0.1'])
    const files = async () => {
      const [session] = await world.stores.sessions.list({ limit: 1 })
      return world.stores.records.files(session?.id ?? '', 10)
    }
    await vi.waitFor(async () => expect(await files()).toHaveLength(2), { timeout: 10_000, interval: 20 })
    await gateway.end('SIGKILL')
    await over
    await world.start()
    const sha256 = createHash('sha256').update('small').digest('hex')
    expect(await files()).toMatchObject([
      { path: Buffer.from(`${small}.there`), bytes: 5, sha256, result: 'ok' },
      { path: Buffer.from(`${large}.there`), sha256: undefined, result: 'interrupted' },
    ])
  })
})
