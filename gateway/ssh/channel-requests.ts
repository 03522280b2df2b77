import { REASON_LENGTH_MAX } from '#shared/task-text.ts'
import { boolean, string, WireError, wireMessage, WireReader } from '../transport/wire.ts'

/** What becomes of a request of the administrator on a session channel (PROTOCOL.md has the whole list). */
export type RequestFate =
  /** `after` undefined: at once; else when it is known, and its words refuse. It never rejects. */
  | { readonly fate: 'forward'; readonly after?: Promise<string | undefined> | undefined }
  | { readonly fate: 'refuse' }
  /** Refused in words, which a request has no room for: the channel ends with them. */
  | { readonly fate: 'end'; readonly why: string }
  /** The target wants to use something of the administrator's: a question of policy. */
  | { readonly fate: 'lend'; readonly what: 'agent' | 'x11'; readonly once: boolean }
  /** Told to the gateway itself by `SetEnv`; the target never sees it. It counts when a program starts. */
  | { readonly fate: 'name'; readonly named: NamedPurpose }

/** What `GATEBOOK_TASK` and `GATEBOOK_REASON` say, not judged yet; empty ones say nothing. */
export interface NamedPurpose {
  readonly task?: string
  readonly reason?: string
}

/** Characters kept of either: more is no task and no reason, and costs memory. */
const NAMED_LENGTH_MAX = REASON_LENGTH_MAX + 1

/**
 * Environment that passes: language, terminal, and what git and interactive programs read. sshd
 * has its own AcceptEnv behind it; variables that make programs load code (LD_PRELOAD) stay out.
 */
const PASSING_ENVIRONMENT =
  /^(LANG|LANGUAGE|LC_[A-Z]+|TERM|COLORTERM|TERM_PROGRAM(_VERSION)?|TZ|NO_COLOR|EDITOR|VISUAL|GIT_PROTOCOL|GIT_(AUTHOR|COMMITTER)_(NAME|EMAIL))$/

const PASSING = new Set([
  'pty-req',
  'shell',
  'exec',
  'subsystem',
  'window-change',
  'signal',
  'break',
  'eow@openssh.com',
])
/** What mosh asks for, with or without a path, and behind the words of its `--experimental-remote-ip=remote`. */
const MOSH = /(^|[;&])\s*(\S*\/)?mosh-server\s/
/** Bytes of a command in which that stands; a command may have 200 KB, and the pattern takes their square. */
const MOSH_BYTES_MAX = 500
const NO_MOSH =
  'mosh goes on over UDP, past the gateway and the record, so it is refused; use ssh, and tmux on the server for work that outlives a connection'

const PASSING_SUBSYSTEMS = new Set(['sftp'])

export function judgeRequest(type: string, fields: Buffer): RequestFate {
  if (type === 'env') return judgeEnvironment(new WireReader(fields))
  if (type === 'subsystem') {
    return { fate: PASSING_SUBSYSTEMS.has(new WireReader(fields).text()) ? 'forward' : 'refuse' }
  }
  if (type === 'exec' && MOSH.test(fields.toString('latin1', 4, 4 + MOSH_BYTES_MAX)))
    return { fate: 'end', why: NO_MOSH }
  if (type === 'auth-agent-req@openssh.com') return { fate: 'lend', what: 'agent', once: false }
  if (type === 'x11-req') return { fate: 'lend', what: 'x11', once: new WireReader(fields).boolean() }
  return { fate: PASSING.has(type) ? 'forward' : 'refuse' }
}

/**
 * The fields of a request as the record keeps them: those of `x11-req` (RFC 4254 §6.3.1) without the cookie, which
 * lets whoever knows it use the administrator's display as long as the session lasts.
 */
export function recordedFields(type: string, fields: Buffer): Buffer {
  if (type !== 'x11-req') return fields
  const reader = new WireReader(fields)
  const [once, protocol] = [reader.boolean(), reader.string()]
  reader.string()
  return wireMessage(boolean(once), string(protocol), string(''), reader.rest())
}

function judgeEnvironment(reader: WireReader): RequestFate {
  const [name, value] = [reader.text(), reader.text()]
  if (reader.remaining > 0) throw new WireError('bytes behind an env request')
  if (name === 'GATEBOOK_TASK') return { fate: 'name', named: { task: value.slice(0, NAMED_LENGTH_MAX) } }
  if (name === 'GATEBOOK_REASON') return { fate: 'name', named: { reason: value.slice(0, NAMED_LENGTH_MAX) } }
  return { fate: PASSING_ENVIRONMENT.test(name) ? 'forward' : 'refuse' }
}
