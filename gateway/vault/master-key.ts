import { randomBytes } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { GatewayError } from '../errors.ts'
import { makeDirectory } from '../make-directory.ts'
import { syncDirectory } from './sync-directory.ts'

/** Bytes; AES-256. */
const MASTER_KEY_LENGTH = 32

export interface MasterKeyPlace {
  /** Absolute. */
  readonly masterKeyFile: string
  /** Absolute. Only a key in its default place inside is ever made by us. */
  readonly dataDirectory: string
  /** True while anything is stored that an earlier master key sealed. */
  readonly somethingIsSealed: boolean
}

/**
 * The master key: 32 bytes from its file. Made, with mode 0600, where the default file is missing and nothing is
 * sealed yet. Throws `master-key` otherwise, and for a file of another size or one that others can read.
 */
export async function loadMasterKey(place: MasterKeyPlace): Promise<Buffer> {
  return (await readMasterKey(place.masterKeyFile)) ?? (await makeMasterKey(place))
}

/** The key in this file; undefined where there is no such file. Throws `master-key` for one that cannot be used. */
export async function readMasterKey(path: string): Promise<Buffer | undefined> {
  const file = await openExisting(path)
  if (file === undefined) return undefined
  try {
    const stats = await file.stat()
    const { size, mode } = stats
    if ((mode & 0o077) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(4, '0')
      throw new GatewayError(
        'master-key',
        `others can read the master key ${path} (mode ${shown})`,
        `take their right away with: chmod 600 ${path}`,
      )
    }
    if (!stats.isFile() || size !== MASTER_KEY_LENGTH) {
      throw new GatewayError(
        'master-key',
        `the master key ${path} has ${size} bytes, not ${MASTER_KEY_LENGTH}`,
        'bring back the file this installation was made with',
      )
    }
    return await file.readFile()
  } finally {
    await file.close()
  }
}

async function openExisting(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (cause) {
    if (isMissing(cause)) return undefined
    throw new GatewayError(
      'master-key',
      `cannot read the master key ${path}`,
      'let the user that runs the gateway read it',
      cause,
    )
  }
}

async function makeMasterKey(place: MasterKeyPlace): Promise<Buffer> {
  const path = place.masterKeyFile
  if (path !== join(place.dataDirectory, 'master.key')) {
    throw new GatewayError(
      'master-key',
      `there is no master key at ${path}`,
      `bring back the file, or for a new installation make one with: (umask 077; head -c 32 /dev/urandom > ${path})`,
    )
  }
  if (place.somethingIsSealed) {
    throw new GatewayError(
      'master-key',
      `the master key ${path} is missing, and there are secrets that it sealed`,
      'bring back the file from your backup; a new one could not open them',
    )
  }
  return await writeNewKey(path)
}

/** A key that was handed out but did not reach the disk would lose every secret with the power. */
async function writeNewKey(path: string): Promise<Buffer> {
  const key = randomBytes(MASTER_KEY_LENGTH)
  try {
    makeDirectory(dirname(path))
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(key)
      await file.sync()
    } finally {
      await file.close()
    }
    await syncDirectory(dirname(path))
    return key
  } catch (cause) {
    // Two commands started at once: the other one was first, and its key is the key.
    const other = isTaken(cause) ? await readMasterKey(path) : undefined
    if (other !== undefined) return other
    throw new GatewayError('master-key', `cannot write the master key ${path}`, 'make its directory writable', cause)
  }
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
}

function isTaken(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
}
