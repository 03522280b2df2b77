import { spawn } from 'node:child_process'
import { chown, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { GatewayError } from '../errors.ts'
import { SERVER_ENVIRONMENT, type ServerAccount } from './embedded-account.ts'
import type { PostgresBinaries } from './embedded-binaries.ts'
import { isAlive } from './process-alive.ts'

export const SUPERUSER = 'gatebook'

/** The same order on every machine, whatever locales it has. */
const LOCALE = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']

/**
 * The `-D` of a server whose working directory is the cluster. As root the cluster lies below a directory of
 * mode 0700 that the server's account cannot enter; the kernel's link to the own working directory leads
 * there without walking the path (measured with PostgreSQL 18: initdb, recovery and all workers).
 */
export function dataArgument(cluster: string, account: ServerAccount): string {
  return account.drop === undefined ? cluster : '/proc/self/cwd'
}

/**
 * Makes the cluster, unless it is there: UTF-8, data checksums, synced once at its end. It is prepared beside its place and renamed, so it is whole or absent,
 * also when two processes do it at once. Throws `database-setup`.
 */
export async function createCluster(
  cluster: string,
  account: ServerAccount,
  binaries: PostgresBinaries,
): Promise<void> {
  await removeUnfinished(cluster)
  const unfinished = await mkdtemp(`${cluster}.new-${process.pid}-`)
  try {
    if (account.drop !== undefined) await chown(unfinished, account.drop.uid, account.drop.gid)
    await initdb(unfinished, account, binaries)
    // By the socket alone, and only for who may read the data anyway: the kernel says who asks, so there is
    // no password to keep. Root speaks to a server of `nobody`, but other processes of `nobody` get nothing.
    await writeFile(path.join(unfinished, 'pg_hba.conf'), `local all ${SUPERUSER} peer map=gateway\n`)
    const person = account.drop === undefined ? account.name : 'root'
    await writeFile(path.join(unfinished, 'pg_ident.conf'), `gateway "${person}" ${SUPERUSER}\n`)
    await rename(unfinished, cluster)
    await syncDirectory(path.dirname(cluster))
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true })
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return
    if (cause instanceof GatewayError) throw cause
    throw new GatewayError('database-setup', `cannot make a database in ${cluster}`, 'check its disk and rights', cause)
  }
}

async function initdb(folder: string, account: ServerAccount, binaries: PostgresBinaries): Promise<void> {
  const child = spawn(
    binaries.initdb,
    ['-D', dataArgument(folder, account), '-U', SUPERUSER, '--auth=peer', '--data-checksums', ...LOCALE],
    { ...account.drop, cwd: folder, env: SERVER_ENVIRONMENT, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const [said, status] = await Promise.all([
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    }),
  ])
  if (status !== 0)
    throw new GatewayError('database-setup', `initdb failed: ${said.trim()}`, 'check the disk and rights')
}

/** What a start that was killed left behind. */
async function removeUnfinished(cluster: string): Promise<void> {
  const prefix = `${path.basename(cluster)}.new-`
  for (const entry of await readdir(path.dirname(cluster))) {
    if (!entry.startsWith(prefix) || isAlive(Number.parseInt(entry.slice(prefix.length), 10))) continue
    await rm(path.join(path.dirname(cluster), entry), { recursive: true, force: true })
  }
}

async function syncDirectory(folder: string): Promise<void> {
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Throws `database-setup` where another major version of PostgreSQL made the cluster. */
export async function checkVersion(cluster: string, binaries: PostgresBinaries): Promise<void> {
  const made = (await readFile(path.join(cluster, 'PG_VERSION'), 'utf8')).trim()
  if (made === binaries.majorVersion) return
  throw new GatewayError(
    'database-setup',
    `the database in ${cluster} was made by PostgreSQL ${made}; this gatebook brings ${binaries.majorVersion}`,
    `dump it with the gatebook that made it, move ${cluster} away, start again and restore the dump`,
  )
}
