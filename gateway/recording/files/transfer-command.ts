import type { ChannelRequest } from '../channel-request.ts'
import { pathsOf, shellWords } from './shell-words.ts'
import { type RsyncCommand, rsyncCommand } from './rsync/rsync-command.ts'
import type { ScpCommand } from './scp/scp-paths.ts'

/** What a channel carries, as the request that started it says. */
export type TransferCommand =
  | { readonly protocol: 'sftp' }
  | ({ readonly protocol: 'scp' } & ScpCommand)
  | ({ readonly protocol: 'rsync' } & RsyncCommand)

const PROGRAMS = new Set(['sftp-server', 'internal-sftp', 'scp', 'rsync'])
/** Programs that run the program named behind their own options … */
const WRAPPERS = new Set([
  'sudo',
  'doas',
  'env',
  'nice',
  'ionice',
  'nohup',
  'time',
  'timeout',
  'command',
  'exec',
  'chrt',
])
/** … of which nobody writes more words than this. */
const WRAPPING_WORDS_MAX = 16
/** scp.c, `main`. */
const SCP_OPTIONS_WITH_VALUE = new Set('cDFiJlMoPSX')
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/

/** Undefined where the request starts no transfer of files that is known by its name. */
export function transferCommand(request: ChannelRequest): TransferCommand | undefined {
  if (request.type === 'subsystem') return request.name.toString() === 'sftp' ? { protocol: 'sftp' } : undefined
  if (request.type !== 'exec') return undefined
  for (const words of shellWords(request.command.toString('latin1'))) {
    const found = ofSimpleCommand(words)
    if (found !== undefined) return found
  }
  return undefined
}

function ofSimpleCommand(words: readonly string[]): TransferCommand | undefined {
  const begin = words.findIndex((word) => !ASSIGNMENT.test(word))
  const isWrapped = WRAPPERS.has(baseName(words[begin]))
  for (let at = begin; at >= 0 && at < (isWrapped ? begin + WRAPPING_WORDS_MAX : begin + 1); at++) {
    const program = baseName(words[at])
    const found = PROGRAMS.has(program) ? ofProgram(program, words.slice(at + 1)) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

function ofProgram(program: string, words: readonly string[]): TransferCommand | undefined {
  if (program === 'sftp-server' || program === 'internal-sftp') return { protocol: 'sftp' }
  if (program === 'scp') return scpCommand(words)
  const command = program === 'rsync' ? rsyncCommand(words) : undefined
  return command && { protocol: 'rsync', ...command }
}

/** `scp -t PATH` receives, `scp -f PATH…` sends: how a client's scp starts the target's. */
function scpCommand(words: readonly string[]): TransferCommand | undefined {
  const { flags, rest } = scpOptions(words)
  if (!flags.has('t') && !flags.has('f')) return undefined
  return {
    protocol: 'scp',
    direction: flags.has('t') ? 'upload' : 'download',
    paths: pathsOf(rest),
    intoDirectory: flags.has('d'),
  }
}

/** As getopt(3) reads them: letters in one word or in many, values in the same word or the next. */
function scpOptions(words: readonly string[]): { flags: ReadonlySet<string>; rest: readonly string[] } {
  const flags = new Set<string>()
  let at = 0
  for (; at < words.length && /^-./.test(words[at] ?? ''); at++) {
    const word = words[at] ?? ''
    if (word === '--') return { flags, rest: words.slice(at + 1) }
    for (let letter = 1; letter < word.length; letter++) {
      flags.add(word[letter] ?? '')
      if (!SCP_OPTIONS_WITH_VALUE.has(word[letter] ?? '')) continue
      if (letter === word.length - 1) at++
      break
    }
  }
  return { flags, rest: words.slice(at) }
}

function baseName(word = ''): string {
  return word.slice(word.lastIndexOf('/') + 1)
}
