import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { access, constants, realpath } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, DatabaseError } from 'pg'
import { GatewayError } from '../errors.ts'
import { makeDirectory } from '../make-directory.ts'
import { serverAccount } from './embedded-account.ts'
import { findPostgresBinaries } from './embedded-binaries.ts'
import { checkVersion, createCluster, SUPERUSER } from './embedded-cluster.ts'
import { lastComplaint, launchServer, runningServer, type ServerPlace, stopServer } from './embedded-server.ts'
import { SOCKET_PORT, socketDirectory } from './embedded-socket.ts'

export interface EmbeddedOptions {
  /** Absolute; made with mode 0700 where it is missing. */
  readonly dataDirectory: string
  /** Told in a few words what takes time. */
  readonly onProgress?: (message: string) => void
  /** Further settings of the server, such as `{ fsync: 'off' }` for tests. */
  readonly settings?: Readonly<Record<string, string>>
  /** Where root puts what the server's account must reach: copied programs, a short socket path. */
  readonly stateDirectory?: string
}

export interface EmbeddedPostgres {
  /** Stays the same for the data directory, also after the server was started anew. */
  readonly url: string
  /** True where a server was running already: another process's, or one that survived its gateway. */
  readonly adopted: boolean
  /** Ends the server, unless another process of gatebook uses it. Close every connection first. */
  stop(): Promise<void>
}

/**
 * A seat is a connection that holds this advisory lock shared, for as long as a process uses the server. Who
 * gets it exclusively is the last one out and stops the server. The kernel ends the seat of a killed process.
 */
const SEAT_LOCK = 0x67_62_73_65
const LAUNCHES_MAX = 7
/** Recovery after a crash replays up to a gigabyte of log first. */
const PATIENCE_MS = 180_000

/**
 * The PostgreSQL inside the data directory: `postgres/` is the cluster, `postgres.log` its log, and its Unix
 * socket the only door. Makes it at the first start, adopts a server that runs already, and starts it anew if
 * it dies while in use. Throws `database-setup`.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const place = await preparePlace(options)
  const first = await takeSeat(place)
  let seat = first.seat
  let stopped = false
  let retaken = Promise.resolve()

  function keepAlive(): void {
    seat.once('end', () => {
      if (!stopped) retaken = retake()
    })
  }
  async function retake(): Promise<void> {
    options.onProgress?.('the embedded PostgreSQL ended by itself; starting it again')
    while (!stopped) {
      try {
        seat = (await takeSeat(place)).seat
        return keepAlive()
      } catch (error) {
        options.onProgress?.(error instanceof Error ? error.message : String(error))
        await sleep(1000)
      }
    }
  }
  keepAlive()
  return {
    url: socketUrl(place.socketDirectory, 'gatebook'),
    adopted: first.adopted,
    async stop() {
      stopped = true
      await retaken
      if (await isLastOut(seat)) await stopServer(place.cluster)
      await seat.end().catch(() => undefined)
    },
  }
}

async function preparePlace(options: EmbeddedOptions): Promise<ServerPlace> {
  if (process.platform === 'win32') {
    throw new GatewayError('database-setup', 'no embedded PostgreSQL on Windows', 'set DATABASE_URL')
  }
  const dataDirectory = await prepareDirectory(options.dataDirectory)
  const account = serverAccount()
  const outside = account.drop === undefined ? undefined : (options.stateDirectory ?? '/var/lib/gatebook')
  const binaries = await findPostgresBinaries(account, outside ?? dataDirectory)
  const cluster = path.join(dataDirectory, 'postgres')
  if (!existsSync(cluster)) {
    options.onProgress?.('preparing the embedded PostgreSQL')
    await createCluster(cluster, account, binaries)
  }
  await checkVersion(cluster, binaries)
  return {
    cluster,
    // Not the folder of TMPDIR: two processes of one person must find the same.
    socketDirectory: await socketDirectory(cluster, account, outside ?? '/tmp'),
    logFile: path.join(dataDirectory, 'postgres.log'),
    account,
    binaries,
    settings: options.settings ?? {},
  }
}

async function prepareDirectory(folder: string): Promise<string> {
  try {
    makeDirectory(folder)
    await access(folder, constants.W_OK)
    return await realpath(folder)
  } catch (cause) {
    throw new GatewayError(
      'data-directory',
      `cannot write in ${folder}`,
      'set GATEBOOK_DATA to a folder of yours',
      cause,
    )
  }
}

/** Adopts or launches, whichever comes first, also while other processes do the same. */
async function takeSeat(place: ServerPlace): Promise<{ readonly seat: Client; readonly adopted: boolean }> {
  const deadline = performance.now() + PATIENCE_MS
  let launched: ChildProcess | undefined
  for (let launches = 0; ;) {
    const seat = await sitDown(place.socketDirectory)
    if (seat !== undefined) {
      await makeDatabase(seat)
      return { seat, adopted: launched === undefined || launched.exitCode !== null }
    }
    const waiting = launched !== undefined && launched.exitCode === null && launched.signalCode === null
    if (!waiting && (await runningServer(place.cluster))?.alive !== true) {
      if (launches === LAUNCHES_MAX) throw await doesNotStart(place)
      launches += 1
      launched = await launchServer(place)
    }
    if (performance.now() > deadline) throw await doesNotStart(place)
    await sleep(waiting ? 10 : 10 * 2 ** launches)
  }
}

async function doesNotStart({ logFile }: ServerPlace): Promise<GatewayError> {
  return new GatewayError(
    'database-setup',
    `PostgreSQL does not start: ${await lastComplaint(logFile)}`,
    `see ${logFile}`,
  )
}

/** Undefined where nobody listens, or not yet, or not any more. */
async function sitDown(host: string): Promise<Client | undefined> {
  const client = new Client({
    host,
    port: SOCKET_PORT,
    user: SUPERUSER,
    database: 'postgres',
    connectionTimeoutMillis: 10_000,
  })
  // Its end is what matters; the cause is in the server's log.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const taken = await client.query<{ seat: boolean }>('select pg_try_advisory_lock_shared($1) as seat', [SEAT_LOCK])
    if (taken.rows[0]?.seat === true) return client
    await client.end()
    return undefined
  } catch (cause) {
    await client.end().catch(() => undefined)
    // 57P01-57P03: shutting down, crashed, starting up.
    if (!(cause instanceof DatabaseError) || cause.code?.startsWith('57P') === true) return undefined
    throw new GatewayError('database-setup', `the embedded PostgreSQL refuses us: ${cause.message}`, undefined, cause)
  }
}

async function makeDatabase(seat: Client): Promise<void> {
  const found = await seat.query("select from pg_database where datname = 'gatebook'")
  if (found.rowCount !== 0) return
  try {
    await seat.query('create database gatebook')
  } catch (error) {
    // 42P04, 23505: another process was faster.
    if (!(error instanceof DatabaseError) || (error.code !== '42P04' && error.code !== '23505')) throw error
  }
}

async function isLastOut(seat: Client): Promise<boolean> {
  try {
    await seat.query('select pg_advisory_unlock_shared($1)', [SEAT_LOCK])
    const alone = await seat.query<{ alone: boolean }>('select pg_try_advisory_lock($1) as alone', [SEAT_LOCK])
    return alone.rows[0]?.alone === true
  } catch {
    // The server is gone already.
    return false
  }
}

function socketUrl(directory: string, database: string): string {
  return `postgresql://${SUPERUSER}@localhost/${database}?host=${encodeURIComponent(directory)}`
}
