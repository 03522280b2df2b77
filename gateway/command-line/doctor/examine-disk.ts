import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Config } from '../../config.ts'
import { fail, type Finding, ok, warn } from './finding.ts'

/** Bytes; with less than this the embedded database itself stops. */
const LEAST_FREE_BYTES = 256 * 1024 * 1024

/** The data directory and the room on its disk. */
export async function examineDisk(config: Config): Promise<readonly Finding[]> {
  const present = await nearestPresent(config.dataDirectory)
  return [await examineDirectory(config.dataDirectory, present), await examineRoom(config, present)]
}

async function examineDirectory(directory: string, present: string): Promise<Finding> {
  const check = 'data directory'
  const { mode } = await stat(present)
  if (!(await isDirectory(present))) return fail(check, `${present} is a file`, 'set GATEBOOK_DATA to a directory')
  try {
    await access(present, constants.W_OK | constants.X_OK)
  } catch {
    return fail(check, `${present} cannot be written`, `let this user write there, or set GATEBOOK_DATA`)
  }
  if (present !== directory) return ok(check, `${directory} will be made at the first start`)
  const shown = (mode & 0o777).toString(8).padStart(4, '0')
  if ((mode & 0o077) === 0) return ok(check, `${directory}, mode ${shown}`)
  return warn(
    check,
    `others can look into ${directory} (mode ${shown})`,
    `take their right away: chmod 700 ${directory}`,
  )
}

async function examineRoom(config: Config, present: string): Promise<Finding> {
  const check = 'disk'
  const { bavail, bsize } = await statfs(present)
  const free = bavail * bsize
  const finding = `${inMegabytes(free)} MB free`
  const journal = inMegabytes(config.journalMaxBytes)
  if (free < LEAST_FREE_BYTES) return fail(check, finding, 'make room: what cannot be recorded is not allowed')
  if (free >= config.journalMaxBytes) return ok(check, `${finding}, room for the journal of at most ${journal} MB`)
  return warn(check, finding, `make room for the journal (${journal} MB), or lower GATEBOOK_JOURNAL_MAX_BYTES`)
}

/** The path itself, or the innermost directory above it that is there. */
async function nearestPresent(path: string): Promise<string> {
  try {
    await stat(path)
    return path
  } catch {
    return dirname(path) === path ? path : await nearestPresent(dirname(path))
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path)).isDirectory()
}

function inMegabytes(bytes: number): number {
  return Math.floor(bytes / 1_000_000)
}
