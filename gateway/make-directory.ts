import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a directory of mode 0700 and those above it, where they are missing. Throws what mkdir(2) says. Node's
 * own `recursive` never returns where a file system answers ENOENT to mkdir, as /proc does.
 */
export function makeDirectory(path: string): void {
  if (isDirectory(path)) return
  if (!existsSync(path)) makeDirectory(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process may have been faster.
    if (!isDirectory(path)) throw error
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
