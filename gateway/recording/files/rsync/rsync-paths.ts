import { PATH_BYTES_MAX } from '../file-statement.ts'
import type { RsyncCommand } from './rsync-command.ts'

export interface RsyncPath {
  readonly path: Buffer
  /** Where it is instead, if the path of the command was a directory before: only the target knows. */
  readonly instead?: Buffer
}

/** Where names of rsync's lists are on the target. Names are latin1, a character for each byte. */
export class RsyncPaths {
  readonly #command: RsyncCommand
  readonly #paths: readonly string[]

  constructor(command: RsyncCommand) {
    this.#command = command
    this.#paths = command.paths.map((path) => path.toString('latin1'))
  }

  /** `isOnly`: there is nothing else on the list, and it is no directory. */
  of(name: string, isOnly: boolean): RsyncPath {
    return this.#command.direction === 'upload' ? this.#uploaded(name, isOnly) : this.#downloaded(name)
  }

  #uploaded(name: string, isOnly: boolean): RsyncPath {
    const into = this.#paths[0] ?? ''
    const below = joined(into, name)
    if (!isOnly || into === '' || into.endsWith('/') || lastPart(into) === '.') return below
    return lastPart(into) === lastPart(name) ? { path: bytes(into) } : { path: bytes(into), instead: below.path }
  }

  #downloaded(name: string): RsyncPath {
    if (this.#command.letters.has('R'))
      return { path: bytes(this.#isAbsolute() ? `/${name.replace(/^\/+/, '')}` : name) }
    const [first = ''] = name.split('/')
    const named = this.#paths.find((path) => !path.endsWith('/') && lastPart(path) === first)
    if (named !== undefined) return joined(named.slice(0, named.length - first.length), name)
    const [only] = this.#paths
    if (this.#paths.length !== 1 || only === undefined) return { path: bytes(name) }
    // A pattern in its last part, or a directory of which the entries were asked for.
    return joined(only.slice(0, only.lastIndexOf('/') + 1), name)
  }

  #isAbsolute(): boolean {
    return this.#paths.every((path) => path.startsWith('/'))
  }
}

function joined(directory: string, name: string): RsyncPath {
  if (name === '.') return { path: bytes(directory) }
  return { path: bytes(directory === '' || directory.endsWith('/') ? directory + name : `${directory}/${name}`) }
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function bytes(path: string): Buffer {
  return Buffer.from(path.slice(0, PATH_BYTES_MAX + 1), 'latin1')
}
