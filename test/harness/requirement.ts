import { accessSync, constants, readFileSync } from 'node:fs'
import path from 'node:path'

/** What a test needs and this machine has not, and what to do about it. */
export interface Missing {
  readonly what: string
  readonly remedy: string
}

declare module 'vitest' {
  interface TaskMeta {
    /** Why the test was skipped; closing-line.ts says it at the end of the run. */
    missing?: Missing
  }
}

/** Beside PATH: where Debian keeps daemons, which an ordinary user's PATH leaves out. */
const ALSO = ['/usr/sbin', '/sbin']

/** Where the program is, by PATH; undefined where it is not installed. */
export function findProgram(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), ...ALSO]
  return folders.map((folder) => path.join(folder, program)).find(isExecutable)
}

/** Options for a test or suite. */
export interface Requirement {
  readonly skip?: boolean
  readonly meta?: { readonly missing?: Missing; readonly peers?: readonly string[] }
}

/**
 * Options for a suite that needs a program: `describe('…', needsProgram('sshd', 'openssh-server'), () => …)`.
 * Without the program the suite is skipped and named at the end of the run; with CI=true it fails instead.
 */
export function needsProgram(program: string, debianPackage: string): Requirement {
  return needs(findProgram(program) !== undefined, program, `apt-get install ${debianPackage}`)
}

/** For tests in which an sshd gives a terminal: one that is not root's may hand over terminals of the group tty only. */
export function needsSshdTerminals(): Requirement {
  const sshd = needsProgram('sshd', 'openssh-server')
  if (sshd.skip === true || process.getuid?.() === 0 || process.platform !== 'linux') return sshd
  const mounts = readFileSync('/proc/mounts', 'utf8')
  return needs(/^\S+ \S+ devpts \S*\bgid=\d/m.test(mounts), 'terminals of the group tty', 'mount devpts with gid=5')
}

/** As `needsProgram`, for anything else a machine may lack. */
export function needs(isThere: boolean, what: string, remedy: string): Requirement {
  if (isThere) return {}
  if (process.env.CI === 'true') throw new Error(`${what} is missing: ${remedy}`)
  return { skip: true, meta: { missing: { what, remedy } } }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
