import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Client } from '#gateway/access/client.ts'
import type { StaffRole, Staff } from '#gateway/access/staff.ts'
import type { Target, TargetReach } from '#gateway/access/target.ts'
import { systemClock, type Clock } from '#gateway/clock.ts'
import { parseConfig } from '#gateway/config.ts'
import { localHost } from '#gateway/start/local-host.ts'
import { startGateway, type RunningGateway } from '#gateway/start/start-gateway.ts'
import { openLocalShell } from '#gateway/target/local-shell.ts'
import type { SessionLink } from '#gateway/transport/session-link.ts'
import { string, wireMessage } from '#gateway/transport/wire.ts'
import { makeSupportKeyPair } from '#gateway/vault/support-key-pair.ts'
import { testDatabase, type TestDatabase } from './database.ts'

/** A gateway in this process, on ports and a database of its own, with client `acme` and staff `ivan`. */
export interface TestGateway extends RunningGateway {
  readonly directory: string
  readonly database: TestDatabase
  readonly client: Client
  readonly staff: Staff
  /** Private key of `ivan` for `ssh -i`. */
  readonly keyFile: string
  /** Public half of acme's support key in wire form. */
  readonly supportKey: Buffer
  readonly logged: readonly string[]
  /** Adds a target of acme and lets ivan work on it. */
  addTarget(name: string, reach: TargetReach, login?: string): Promise<Target>
  /** Stops the gateway, if it still runs, and starts another on the same data and database. */
  restart(): Promise<TestGateway>
  [Symbol.asyncDispose](): Promise<void>
}

export interface TestGatewayOptions {
  /** Settings beside those that the harness needs. */
  readonly environment?: Readonly<Record<string, string>>
  /** Instead of that of the machine. */
  readonly clock?: Clock
  /** Instead of one on the common server; closed with the gateway. */
  readonly database?: TestDatabase
  /** What targets with a local shell are, instead of one. */
  readonly localShell?: () => SessionLink
}

export async function testGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const directory = await mkdtemp(join(tmpdir(), 'gatebook-gw-'))
  const database = options.database ?? (await testDatabase())
  const running = await start({ directory, database, ...options })
  const { stores, vault } = running
  const client = await stores.clients.add({ slug: 'acme', name: 'Acme', zone: 'Europe/Moscow', language: 'en' }, 'test')
  const pair = makeSupportKeyPair(vault, client.id)
  await stores.supportKeys.issue(client.id, pair.publicBlob, pair.sealedPrivate, 'test')
  const staff = await addStaff(running, directory, 'ivan')
  await stores.grants.add({ staffId: staff.id, clientId: client.id, targetId: undefined, until: undefined }, 'test')
  return assemble(running, { directory, database, client, staff, supportKey: pair.publicBlob, options })
}

/** Adds a person with a fresh ECDSA key; its private half is in `directory/LOGIN`. */
export async function addStaff(
  { stores }: RunningGateway,
  directory: string,
  login: string,
  roles: readonly StaffRole[] = ['engineer'],
): Promise<Staff> {
  const key = await writeKey(join(directory, login))
  return stores.staff.add({ login, name: login, email: `${login}@example.com`, roles }, [key], 'test')
}

/** Writes a new private key where `ssh -i` reads it; gives its public half. */
export async function writeKey(path: string): Promise<{ type: string; blob: Buffer; comment: string }> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await writeFile(path, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 })
  return { type: 'ecdsa-sha2-nistp256', blob: ecdsaBlob(publicKey), comment: path }
}

function ecdsaBlob(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  return wireMessage(string('ecdsa-sha2-nistp256'), string('nistp256'), string(point))
}

type Place = TestGatewayOptions & Pick<TestGateway, 'directory' | 'database'>

async function start({
  directory,
  database,
  environment,
  clock = systemClock,
  localShell,
}: Place): Promise<RunningGateway & { logged: string[] }> {
  const host = await localHost()
  const logged: string[] = []
  const running = await startGateway({
    config: parseConfig({
      DATABASE_URL: database.url,
      GATEBOOK_DATA: join(directory, 'data'),
      GATEBOOK_SSH_LISTEN: '127.0.0.1:0',
      GATEBOOK_HTTP_LISTEN: '127.0.0.1:0',
      ...environment,
    }),
    clock,
    version: '0.0.0-test',
    pagesDirectory: fileURLToPath(new URL('../../dist/pages', import.meta.url)),
    openLocalShell: () => Promise.resolve(localShell?.() ?? openLocalShell(host)),
    log: (line) => logged.push(line),
  })
  return { ...running, logged }
}

type Settled = Pick<TestGateway, 'directory' | 'database' | 'client' | 'staff' | 'supportKey'> & {
  readonly options: TestGatewayOptions
}

function assemble(running: RunningGateway & { logged: string[] }, settled: Settled): TestGateway {
  const { options, ...facts } = settled
  let closed: Promise<void> | undefined
  const close = () => (closed ??= running.close())
  return {
    ...running,
    ...facts,
    close,
    keyFile: join(facts.directory, 'ivan'),
    addTarget: (name, reach, login = 'root') =>
      running.stores.targets.add(
        { clientSlug: 'acme', name, reach, login, logins: [], notes: '', sealedPassword: undefined },
        'test',
      ),
    async restart() {
      await close()
      return assemble(await start({ ...options, ...facts }), settled)
    },
    async [Symbol.asyncDispose]() {
      await close()
      await facts.database[Symbol.asyncDispose]()
      await rm(facts.directory, { recursive: true, force: true })
    },
  }
}
