import { createHash } from 'node:crypto'
import { chown, lstat, mkdir, realpath } from 'node:fs/promises'
import path from 'node:path'
import { GatewayError } from '../errors.ts'
import type { ServerAccount } from './embedded-account.ts'

/** There is no TCP port to clash; the number is only a part of the socket's name. */
export const SOCKET_PORT = 5432

/** What `sun_path` of a socket address holds, without its closing zero: 108 bytes on Linux, 104 elsewhere. */
const SOCKET_PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103

/**
 * The directory of the server's socket: the cluster itself, or where that path is too long a directory of its
 * own below `shortDirectory`, named after the cluster so that every process finds the same.
 */
export async function socketDirectory(
  cluster: string,
  account: ServerAccount,
  shortDirectory: string,
): Promise<string> {
  if (Buffer.byteLength(path.join(cluster, `.s.PGSQL.${SOCKET_PORT}`)) <= SOCKET_PATH_BYTES_MAX) return cluster
  const name = createHash('sha256')
    .update(await realpath(path.dirname(cluster)))
    .digest('hex')
    .slice(0, 16)
  const folder = path.join(shortDirectory, `gatebook-${name}`)
  await mkdir(shortDirectory, { recursive: true, mode: 0o755 })
  const made = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (made !== undefined && account.drop !== undefined) await chown(folder, account.drop.uid, account.drop.gid)
  const found = await lstat(folder)
  const owner = account.drop?.uid ?? process.getuid?.()
  if (found.isDirectory() && found.uid === owner && (found.mode & 0o077) === 0) return folder
  throw new GatewayError('database-setup', `${folder} belongs to somebody else`, `remove it, or shorten GATEBOOK_DATA`)
}
