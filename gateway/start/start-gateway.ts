import assert from 'node:assert/strict'
import type { FastifyInstance } from 'fastify'
import { newSignInLink } from '../access/sign-in-link.ts'
import { policyOfSettings } from '../access/policy.ts'
import { createApi } from '../api/api.ts'
import type { Clock } from '../clock.ts'
import type { OpenStores } from '../command-line/program-parts.ts'
import type { Config } from '../config.ts'
import { GatewayError } from '../errors.ts'
import { LiveSessions } from '../session/live-sessions.ts'
import { ElsewhereNotes } from '../ssh/elsewhere-notes.ts'
import { CompanionKeys } from '../ssh/companion-keys.ts'
import { loadHostKeys } from '../ssh/gateway-host-keys.ts'
import { readKeyTrust } from '../ssh/key-trust.ts'
import { Listener } from '../ssh/listener.ts'
import { PeopleInside } from '../ssh/people-inside.ts'
import { Penalties } from '../ssh/penalties.ts'
import { explainDenial } from '../ssh/refusal-texts.ts'
import { ServiceCommands } from '../ssh/service/service-commands.ts'
import { SecondFactor } from '../ssh/second-factor.ts'
import { StaffIdentity } from '../ssh/staff-identity.ts'
import { TargetAccess } from '../ssh/target-access.ts'
import { ACCESS_CHANGED, PostgresAccessSource } from '../storage/access-source.ts'
import { NoticeListener } from '../storage/notice-listener.ts'
import { ensurePartitions } from '../storage/partitions.ts'
import type { SessionLink } from '../transport/session-link.ts'
import { transportIsPatched } from '../transport/transport.ts'
import { openVault } from '../vault/open-vault.ts'
import type { Vault } from '../vault/seal.ts'
import { closeInOrder, type Part } from './close-in-order.ts'
import { takeDataDirectory } from './data-directory.ts'
import { dialTarget } from './dial-target.ts'
import { EventLoopWatch } from './event-loop-watch.ts'
import { openInstallationDatabase, storesOn, type InstallationDatabase } from './open-database.ts'
import { openRecord, type OpenRecord } from './open-record.ts'
import { openSeal, type OpenSeal } from './open-seal.ts'
import { openTrail, type OpenTrail } from './open-trail.ts'
import { sshAddress } from './ssh-address.ts'
import { takeLease } from './take-lease.ts'

const DAY_MS = 24 * 60 * 60 * 1000

export interface StartOptions {
  readonly config: Config
  readonly clock: Clock
  readonly version: string
  /** Absolute path of the built pages. */
  readonly pagesDirectory: string
  /** Opens the demo's target. */
  openLocalShell(): Promise<SessionLink>
  /** One line about what happens, without secrets. */
  readonly log: (line: string) => void
}

export interface RunningGateway {
  readonly stores: Omit<OpenStores, 'close'>
  readonly vault: Vault
  /** What it listens on, where the setting says 0. */
  readonly sshPort: number
  readonly httpPort: number
  /** Ends the sessions with a reason, stores what is recorded, closes everything. */
  close(): Promise<void>
}

/** What the doors stand on. */
interface Inside extends StartOptions {
  readonly installation: InstallationDatabase
  readonly stores: Omit<OpenStores, 'close'>
  readonly vault: Vault
  readonly access: PostgresAccessSource
  readonly trail: OpenTrail
  readonly seal: OpenSeal
  readonly record: OpenRecord
  readonly sessions: LiveSessions
  readonly eventLoop: EventLoopWatch
}

/** Starts a gateway: database, what a crash left, record, doors. Whatever fails closes what was opened before it. */
export async function startGateway(options: StartOptions): Promise<RunningGateway> {
  // Each part is closed before those it stands on: the list is in order of closing.
  const parts: Part[] = []
  try {
    const inside = await openInside(options, parts)
    const api = await openPages(inside)
    parts.unshift({ name: 'pages', close: () => api.close() })
    const door = createDoor(inside)
    const sshPort = await door.listen()
    parts.unshift({
      name: 'SSH door',
      async close() {
        inside.sessions.shut('the gateway is stopping; connect again in a minute')
        await door.close('the gateway is stopping')
      },
    })
    return {
      stores: inside.stores,
      vault: inside.vault,
      sshPort,
      httpPort: listeningPort(api),
      async close() {
        for (const failure of await closeInOrder(parts)) options.log(failure.message)
      },
    }
  } catch (error) {
    await closeInOrder(parts)
    throw error
  }
}

async function openInside(options: StartOptions, parts: Part[]): Promise<Inside> {
  const { config, clock, log } = options
  if (!transportIsPatched()) {
    const hint = 'install with npm ci, and let its scripts run: one of them applies the patch'
    throw new GatewayError('installation', 'the installed ssh2 lacks the repairs of patches/', hint)
  }
  // Read anew at each sign-in; here so that a mistake is heard of before anybody is kept out by it.
  await readKeyTrust(config)
  const directory = takeDataDirectory(config.dataDirectory)
  parts.unshift({ name: 'data directory', close: () => directory.release() })
  const installation = await openInstallationDatabase({ config, applicationName: 'gatebook start', onProgress: log })
  parts.unshift({ name: 'database', close: () => installation.close() })
  const stores = storesOn(installation.database)
  const vault = await openVault(config, stores)
  await ensurePartitions(installation.database, clock.now())
  const partitions = setInterval(() => {
    ensurePartitions(installation.database, clock.now()).catch((error: unknown) =>
      log(`no partition yet: ${String(error)}`),
    )
  }, DAY_MS)
  parts.unshift({ name: 'partitions', close: () => clearInterval(partitions) })
  const { gatewayId } = directory
  const seal = await openSeal({ ...options, gatewayId, vault, stores, databaseUrl: installation.url })
  parts.unshift({ name: 'seal', close: () => seal.close() })
  const { signingKey } = seal
  const trail = await openTrail({ gatewayId, signingKey, stores, clock, log })
  parts.unshift({ name: 'audit trail', close: () => trail.close() })
  const lease = await takeLease({ ...options, ...config, ...stores, gatewayId, signingKey, store: stores.leases })
  parts.unshift(lease)
  const record = await openRecord({
    ...config,
    ...stores,
    gatewayId,
    vault,
    clock,
    signingKey,
    log,
    onFailure(error) {
      log(error.message)
      sessions.shut(error.message, false)
    },
  })
  parts.unshift({ name: 'record', close: () => record.close() })
  const notices = await NoticeListener.open({ url: installation.url, channel: ACCESS_CHANGED })
  parts.unshift({ name: 'notices', close: () => notices.close() })
  const access = new PostgresAccessSource(installation.database, notices, policyOfSettings(config))
  const { journal } = record
  const sessions = new LiveSessions({
    gatewayId,
    clock,
    journal,
    access,
    store: stores.sessions,
    signingKey,
    explain: explainDenial,
  })
  lease.covers(sessions)
  const eventLoop = new EventLoopWatch(clock, log)
  parts.unshift({ name: 'event loop watch', close: () => eventLoop.stop() })
  return { ...options, installation, stores, vault, access, trail, seal, record, sessions, eventLoop }
}

async function openPages(inside: Inside): Promise<FastifyInstance> {
  const { config, record, seal, sessions, installation, eventLoop } = inside
  const api = await createApi({
    ...inside,
    async readiness() {
      if (record.journal.failed !== undefined) return record.journal.failed.message
      try {
        await installation.database.read((queries) => queries.execute('select 1'))
        return undefined
      } catch {
        return 'the database does not answer'
      }
    },
    metrics: () => ({
      liveSessions: sessions.count,
      journalBytes: record.journal.bytes,
      archiveLagBytes: record.archiver.lagBytes,
      loggedEntries: seal.heads.size,
      placesBehind: seal.publication.behind,
      eventLoop: eventLoop.figures(),
    }),
    report: (failure, where) => inside.log(`${where}: ${String(failure)}`),
  })
  const { host, port } = config.httpListen
  try {
    await api.listen({ host, port })
    return api
  } catch (cause) {
    await api.close()
    throw new GatewayError(
      'port-taken',
      `cannot listen for the pages on ${host} port ${port}: ${(cause as Error).message}`,
      'stop the program that has it, or set GATEBOOK_HTTP_LISTEN to another port',
      cause,
    )
  }
}

function listeningPort(api: FastifyInstance): number {
  const address = api.server.address()
  assert(address !== null && typeof address === 'object')
  return address.port
}

function createDoor(inside: Inside): Listener {
  const { config, clock, stores, access, sessions, log } = inside
  const address = (userName: string) => sshAddress(config, userName)
  const parts = { targets: stores.targets, access, clock, trail: inside.trail.notes, sshAddress: address }
  const dialParts = {
    ...stores,
    vault: inside.vault,
    publicUrl: config.publicUrl,
    openLocalShell: () => inside.openLocalShell(),
  }
  const links = { signIns: stores.signIns, clock, publicUrl: config.publicUrl }
  const hostKeys = loadHostKeys(config.dataDirectory)
  return new Listener({
    host: config.sshListen.host,
    port: config.sshListen.port,
    penalties: new Penalties({ ...config, clock, log }),
    connection: {
      loginGraceS: config.loginGraceS,
      fidoTouchRequired: config.fidoTouchRequired,
      fidoPinRequired: config.fidoPinRequired,
      access,
      clock,
      hostKeys,
      staff: stores.staff,
      identity: new StaffIdentity({
        staff: stores.staff,
        keyTrustFiles: config,
        clock,
        elsewhere: new ElsewhereNotes({ staff: stores.staff, clock, log }),
        log,
      }),
      trail: inside.trail.notes,
      peopleInside: new PeopleInside({ access, staff: stores.staff }),
      secondFactor: new SecondFactor({ ...config, store: stores.secondFactors, vault: inside.vault, clock, log }),
      companionKeys: new CompanionKeys(),
      targetAccess: new TargetAccess({
        ...parts,
        log,
        dial: (facts, login, supportKeyId) => dialTarget(dialParts, facts.target, login, supportKeyId),
      }),
      sessions,
      sessionStore: stores.sessions,
      contracts: stores.contracts,
      tasks: stores.tasks,
      services: new ServiceCommands({
        ...parts,
        log,
        publicSsh: config.publicSsh,
        hostKeys,
        sessionStore: stores.sessions,
        workedSessions: stores.workedSessions,
        contracts: stores.contracts,
        newStaffLink: (staffId) => newSignInLink(links, { kind: 'staff', staffId }),
      }),
      log,
    },
  })
}
