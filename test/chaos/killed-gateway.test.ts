import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { storesOn } from '#gateway/start/open-database.ts'
import { seededChance } from '#test/harness/chance.ts'
import { databaseServer } from '#test/harness/database-server.ts'
import { gatewayProcess, type GatewayProcess } from '#test/harness/gateway-process.ts'
import { reachable, type Reachable, type ReachableOptions } from '#test/harness/reachable.ts'
import { bytesOf, recordedEvents } from '#test/harness/recorded.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { finished, startSsh } from '#test/harness/ssh.ts'

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
})
