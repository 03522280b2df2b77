import { PATH_BYTES_MAX, type FileDirection } from '../file-statement.ts'

/** What the target's scp was started with, as far as it says where files are. */
export interface ScpCommand {
  readonly direction: FileDirection
  readonly paths: readonly Buffer[]
  /** `-d`: the path of an upload is a directory. */
  readonly intoDirectory: boolean
}

export interface ScpPath {
  readonly path: Buffer
  /** Where it is instead, if the path of the command was a directory before: only the target knows. */
  readonly instead?: Buffer
}

/** Where names of the protocol are on the target: below the paths of the command, and the directories entered. */
export class ScpPaths {
  readonly #command: ScpCommand
  readonly #entered: ScpPath[] = []

  constructor(command: ScpCommand) {
    this.#command = command
  }

  of(name: Buffer): ScpPath {
    const directory = this.#entered.at(-1)
    if (directory === undefined)
      return this.#command.direction === 'upload' ? this.#uploaded(name) : this.#downloaded(name)
    const { path, instead } = directory
    return { path: join(path, name), ...(instead && { instead: join(instead, name) }) }
  }

  enter(directory: ScpPath): void {
    this.#entered.push(directory)
  }

  leave(): ScpPath | undefined {
    return this.#entered.pop()
  }

  #uploaded(name: Buffer): ScpPath {
    const { paths, intoDirectory } = this.#command
    const path = paths[0] ?? Buffer.alloc(0)
    const text = path.toString('latin1')
    if (intoDirectory || /^$|(^|\/)(\.{1,2}|~[^/]*)?$/.test(text)) return { path: join(path, name) }
    return lastName(path).equals(name) ? { path } : { path, instead: join(path, name) }
  }

  /** A target that sends what nobody asked for is believed: that is what the administrator got. */
  #downloaded(name: Buffer): ScpPath {
    const { paths } = this.#command
    const asked = paths.find((path) => lastName(path).equals(name))
    if (asked !== undefined) return { path: asked }
    const [pattern] = paths
    if (paths.length !== 1 || pattern === undefined) return { path: name }
    const text = pattern.toString('latin1')
    const isPattern = /^[^*?[{]*\/[^/]*[*?[{][^/]*$/.test(text)
    return { path: isPattern ? join(pattern.subarray(0, text.lastIndexOf('/')), name) : name }
  }
}

function lastName(path: Buffer): Buffer {
  const text = path.toString('latin1').replace(/(.)\/+$/s, '$1')
  return Buffer.from(text.slice(text.lastIndexOf('/') + 1), 'latin1')
}

function join(directory: Buffer, name: Buffer): Buffer {
  if (directory.length === 0) return name
  const endsWithSlash = directory.at(-1) === 0x2f
  const path = Buffer.concat(endsWithSlash ? [directory, name] : [directory, Buffer.from('/'), name])
  // Deeper than a path can be, nothing more is kept of it.
  return Buffer.from(path.subarray(0, PATH_BYTES_MAX + 1))
}
