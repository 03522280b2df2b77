import type { FileDirection } from '../file-statement.ts'
import { pathsOf } from '../shell-words.ts'

/** What the target's rsync was started with. */
export interface RsyncCommand {
  readonly direction: FileDirection
  readonly paths: readonly Buffer[]
  /** Letters of the short options; what stands behind `e` is about the client. */
  readonly letters: ReadonlySet<string>
  /** Long options, with their values in the same word or in the next. */
  readonly options: readonly string[]
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
])

/** Options by which the receiver removes what the sender has not. */
export const REMOVES = /^--delete(-(before|during|after|delay|excluded))?$/

/** `rsync --server [--sender] OPTIONS . PATHS`: a sender is a download. Undefined for any other rsync. */
export function rsyncCommand(words: readonly string[]): RsyncCommand | undefined {
  if (words[0] !== '--server') return undefined
  const dot = words.findIndex((word, at) => word === '.' && !WITH_VALUE.has(words[at - 1] ?? ''))
  const before = dot === -1 ? words : words.slice(0, dot)
  const short = before.filter((word) => /^-[A-Za-z]/.test(word)).map((word) => word.slice(1).replace(/e.*/s, ''))
  const options = before.filter((word) => word.startsWith('--'))
  return {
    direction: options.includes('--sender') ? 'download' : 'upload',
    paths: dot === -1 ? [] : pathsOf(words.slice(dot + 1)),
    letters: new Set(short.join('')),
    options,
  }
}

/** The same with the arguments that follow as input where a shell should not see them (`-s`, `--secluded-args`). */
export function withSecluded(command: RsyncCommand, secluded: readonly string[]): RsyncCommand {
  const more = rsyncCommand(['--server', ...secluded])
  if (more === undefined) return command
  return {
    ...command,
    paths: more.paths,
    letters: new Set([...command.letters, ...more.letters]),
    options: [...command.options, ...more.options.slice(1)],
  }
}

/** The value of `--NAME=VALUE`. */
export function optionValue({ options }: RsyncCommand, name: string): string | undefined {
  const found = options.find((option) => option.startsWith(`--${name}=`))
  return found?.slice(name.length + 3)
}

/** Every letter that a client's rsync starts the target's with; some are no matter of ours, none is left out. */
const LETTERS = new Set('svqbunldKmOJyLkWHogDtUNpEAXrcCIRxSzB0123456789')
/** Every long option, likewise. Others may change what passes in ways that are not known here. */
const OPTIONS = [
  /^--(server|sender|daemon|list-only|(no-)?specials|(no-)?msgs2stderr|force|super|size-only|stats|partial|fsync)$/,
  /^--(no-r|no-W|no-relative|no-implied-dirs|from0|append|inplace|mkpath|preallocate|open-noatime|use-qsort)$/,
  /^--(delay-updates|ignore-errors|ignore-existing|existing|numeric-ids|safe-links|copy-unsafe-links)$/,
  /^--(remove-(source|sent)-files|(delete|ignore)-missing-args|(old|new)-compress|(write|copy)-devices)$/,
  /^--(backup-dir|partial-dir|temp-dir|(compare|copy|link)-dest|files-from)(=|$)/,
  /^--(iconv|(compress-(level|choice))|log-format|timeout|bwlimit|suffix|checksum-(choice|seed)|max-(delete|size)|min-size)=/,
  /^--(skip-compress|max-alloc|modify-window|usermap|groupmap|info|debug)=/,
  REMOVES,
]

/** An option that is not known here: nobody can say what the bytes mean then. */
export function unknownOption({ letters, options }: RsyncCommand): string | undefined {
  const letter = [...letters].find((each) => !LETTERS.has(each))
  if (letter !== undefined) return `-${letter}`
  return options.find((option) => !OPTIONS.some((known) => known.test(option)))
}
