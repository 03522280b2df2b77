import { accessSync, constants } from 'node:fs'
import path from 'node:path'

/** A program that a test needs, and the Debian package that brings it. */
export interface MissingProgram {
  readonly program: string
  readonly debianPackage: string
}

declare module 'vitest' {
  interface TaskMeta {
    /** Why the test was skipped; closing-line.ts says it at the end of the run. */
    missing?: MissingProgram
  }
}

/** Beside PATH: where Debian keeps daemons, which an ordinary user's PATH leaves out. */
const ALSO = ['/usr/sbin', '/sbin']

/** Where the program is, by PATH; undefined where it is not installed. */
export function findProgram(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), ...ALSO]
  return folders.map((folder) => path.join(folder, program)).find(isExecutable)
}

/**
 * Options for a suite that needs a program: `describe('…', needsProgram('sshd', 'openssh-server'), () => …)`.
 * Without the program the suite is skipped and named at the end of the run; with CI=true it fails instead.
 */
export function needsProgram(
  program: string,
  debianPackage: string,
): { skip?: boolean; meta?: { missing: MissingProgram } } {
  if (findProgram(program) !== undefined) return {}
  if (process.env.CI === 'true') throw new Error(`${program} is missing: apt-get install ${debianPackage}`)
  return { skip: true, meta: { missing: { program, debianPackage } } }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
