import { spawnSync } from 'node:child_process'
import { findProgram, needs, needsProgram, type Requirement } from './requirement.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** Programs of others that the test talks to, with their versions; closing-line.ts lists them. */
    peers?: readonly string[]
  }
}

/** Debian's own: another one first in PATH has not its modules. */
export const PYTHON = '/usr/bin/python3'

/** Name, Debian package, and what makes it say its version. */
export type Peer = readonly [program: string, debianPackage: string, ...versionArguments: string[]]

/** Options for a suite that needs these programs; their versions stand at the end of the run. */
export function peers(...programs: readonly Peer[]): Requirement {
  const lacking = programs.map(([program, name]) => needsProgram(program, name)).find(({ skip }) => skip === true)
  return lacking ?? { meta: { peers: programs.map(([program, , ...args]) => versionOf(program, args)) } }
}

/** As `peers`, for what Debian's Python can import or load: `version` is an expression behind `import module`. */
export function pythonPeer(
  module: string,
  debianPackage: string,
  [name, version] = [module, `${module}.__version__`],
): Requirement {
  const asked = spawnSync(PYTHON, ['-W', 'ignore', '-c', `import ${module}; print(${version})`], { encoding: 'utf8' })
  const lacking = needs(asked.status === 0, `${name} for python`, `apt-get install ${debianPackage}`)
  return lacking.skip === true ? lacking : { meta: { peers: [`${name}: ${asked.stdout.trim()}`] } }
}

/** The line that has its name and a number, or else the first that has a number. */
function versionOf(program: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(findProgram(program) ?? program, args, { encoding: 'utf8', input: '' })
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => /\d/.test(line))
  const named = lines.find((line) => line.toLowerCase().startsWith(program))
  return named ?? `${program}: ${lines[0] ?? 'it does not say'}`
}
