import type { FileDirection } from '../file-statement.ts'
import { pathsOf } from '../shell-words.ts'

/** What the target's rsync was started with, as far as it says which files pass. */
export interface RsyncCommand {
  readonly direction: FileDirection
  readonly paths: readonly Buffer[]
}

/** Options of rsync's server whose value is a word of its own (its options.c, `server_options`). */
const WITH_VALUE = new Set([
  '--backup-dir',
  '--temp-dir',
  '--partial-dir',
  '--compare-dest',
  '--copy-dest',
  '--link-dest',
  '--files-from',
  '--usermap',
  '--groupmap',
])

/** `rsync --server [--sender] OPTIONS . PATHS`: a sender is a download. Undefined for any other rsync. */
export function rsyncCommand(words: readonly string[]): RsyncCommand | undefined {
  if (words[0] !== '--server') return undefined
  const dot = words.findIndex((word, at) => word === '.' && !WITH_VALUE.has(words[at - 1] ?? ''))
  const options = dot === -1 ? words : words.slice(0, dot)
  return {
    direction: options.includes('--sender') ? 'download' : 'upload',
    paths: dot === -1 ? [] : pathsOf(words.slice(dot + 1)),
  }
}
