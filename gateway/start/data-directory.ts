import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync, statSync, chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GatewayError } from '../errors.ts'
import { makeDirectory } from '../make-directory.ts'

/** The data directory while a gateway runs on it. */
export interface DataDirectory {
  /** Stays the same for ever: the sessions of this directory's journal are stored under it. */
  readonly gatewayId: string
  /** Lets another gateway have it. */
  release(): void
}

/**
 * Takes the data directory for one gateway: two would read each other's journal as if it were left
 * behind. Throws `data-directory` when it cannot be written or another gateway runs on it.
 */
export function takeDataDirectory(path: string): DataDirectory {
  try {
    makeDirectory(path)
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o700)
    const lock = join(path, 'gateway.lock')
    const holder = readIfThere(lock)
    if (holder !== undefined && holder !== thisProcess() && isRunning(holder)) throw inUse(path, holder)
    writeFileSync(lock, thisProcess(), { mode: 0o600 })
    return { gatewayId: readOrMakeId(join(path, 'gateway-id')), release: () => rmSync(lock, { force: true }) }
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause
    throw new GatewayError(
      'data-directory',
      `cannot use the data directory ${path}: ${(cause as Error).message}`,
      'make it writable for the user that runs gatebook, or set GATEBOOK_DATA to one that is',
      cause,
    )
  }
}

function readOrMakeId(path: string): string {
  const id = readIfThere(path) ?? randomUUID()
  writeFileSync(path, id, { mode: 0o600 })
  return id
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** A number alone may be another process by now, after a restart of the machine or of a container. */
function thisProcess(): string {
  return `${process.pid} ${startOf(process.pid)}`
}

function isRunning(holder: string): boolean {
  const pid = Number(holder.split(' ')[0])
  if (!Number.isInteger(pid) || pid < 1) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return holder === `${pid} ${startOf(pid)}`
}

/** When the process started, in clock ticks since boot (proc(5), stat field 22); `?` where there is no /proc. */
function startOf(pid: number): string {
  const stat = readIfThere(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '?'
}

function inUse(path: string, holder: string): GatewayError {
  return new GatewayError(
    'data-directory',
    `a gateway runs on ${path} already (process ${holder.split(' ')[0]})`,
    'stop it first, or set GATEBOOK_DATA to another directory',
  )
}
