import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { open, readFile, readlink, realpath } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { GatewayError } from '../errors.ts'
import { SERVER_ENVIRONMENT, type ServerAccount } from './embedded-account.ts'
import type { PostgresBinaries } from './embedded-binaries.ts'
import { dataArgument } from './embedded-cluster.ts'
import { SOCKET_PORT } from './embedded-socket.ts'
import { isAlive } from './process-alive.ts'

/** Where the parts of one embedded server lie, and who runs it. */
export interface ServerPlace {
  /** PostgreSQL's data directory. */
  readonly cluster: string
  readonly socketDirectory: string
  readonly logFile: string
  readonly account: ServerAccount
  readonly binaries: PostgresBinaries
  /** Further settings of the server. */
  readonly settings: Readonly<Record<string, string>>
}

/**
 * Starts the server in a process group of its own, so that Ctrl+C in the terminal reaches the gateway only and
 * the gateway can write its last records. A second server on the same cluster ends at once by PostgreSQL's own
 * lock. Its log goes to a file, because a pipe would die with the gateway.
 */
export async function launchServer(place: ServerPlace): Promise<ChildProcess> {
  const { cluster, account } = place
  const socket = place.socketDirectory === cluster ? '.' : place.socketDirectory
  const settings = {
    listen_addresses: '',
    unix_socket_directories: socket,
    port: String(SOCKET_PORT),
    log_checkpoints: 'off',
    ...place.settings,
  }
  // A lock left by a number that another program has now would stop the start; PostgreSQL takes a lock of
  // its "grandparent" for stale, and still checks that no old worker holds the shared memory.
  const stale = await runningServer(cluster)
  const environment = {
    ...SERVER_ENVIRONMENT,
    ...(stale?.alive === false && { PG_GRANDPARENT_PID: String(stale.pid) }),
  }
  const log = await open(place.logFile, 'a', 0o600)
  try {
    const child = spawn(
      place.binaries.postgres,
      [
        '-D',
        dataArgument(cluster, account),
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      { ...account.drop, cwd: cluster, env: environment, detached: true, stdio: ['ignore', log.fd, log.fd] },
    )
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    child.unref()
    return child
  } catch (cause) {
    throw new GatewayError('database-setup', 'cannot start the embedded PostgreSQL', 'or set DATABASE_URL', cause)
  } finally {
    await log.close()
  }
}

/** The last complaint in the server's log, for a message to a person. */
export async function lastComplaint(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8')).split('\n')
  return lines.findLast((line) => /(FATAL|PANIC|error):/.test(line)) ?? 'nothing in its log'
}

/** The process in the cluster's lock file, and whether it is a server of this cluster. */
export async function runningServer(
  cluster: string,
): Promise<{ readonly pid: number; readonly alive: boolean } | undefined> {
  const lock = await readFile(path.join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number.parseInt(lock, 10)
  return Number.isSafeInteger(pid) ? { pid, alive: await servesHere(pid, cluster) } : undefined
}

/** Fast stop: transactions under way are rolled back, everything committed is on disk. Throws after 60 s. */
export async function stopServer(cluster: string): Promise<void> {
  const server = await runningServer(cluster)
  if (!server?.alive) return
  process.kill(server.pid, 'SIGINT')
  const deadline = performance.now() + 60_000
  // An adopted server is no child of ours, so there is no event to wait for.
  while (await servesHere(server.pid, cluster)) {
    if (performance.now() > deadline) {
      throw new GatewayError('database-setup', `PostgreSQL (process ${server.pid}) does not stop`, 'see its log')
    }
    await sleep(10)
  }
}

/** After a restart of the machine or container another program may have the number of a dead server. */
async function servesHere(pid: number, cluster: string): Promise<boolean> {
  if (!existsSync('/proc/self/cwd')) return isAlive(pid)
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
  return folder !== undefined && folder === (await realpath(cluster))
}
