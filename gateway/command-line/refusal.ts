import { type ErrorCode, GatewayError } from '../errors.ts'
import { printable } from '#shared/printable.ts'

/** What to do next, where whoever failed did not say. */
const nextStep = {
  'bad-input': undefined,
  installation: 'install it again with: npm ci',
  'not-found': undefined,
  'already-exists': undefined,
  conflict: undefined,
  'database-unavailable': 'check that PostgreSQL runs and DATABASE_URL points to it; gatebook doctor tells more',
  'database-setup': 'gatebook doctor tells more',
  'data-directory': 'make GATEBOOK_DATA a directory that this user may write to',
  'port-taken': 'stop what listens there, or set GATEBOOK_SSH_LISTEN or GATEBOOK_HTTP_LISTEN',
  'master-key': 'bring back the master key file, or set GATEBOOK_MASTER_KEY_FILE',
  'signing-key': 'bring back the file from your backup; gatebook seal restart --help says what else there is',
  'session-log': 'gatebook verify --all tells more',
  'record-failed': 'look for disk errors and free space under GATEBOOK_DATA',
  'target-unreachable': 'check its address, its port and the firewall between',
  'target-key-unknown': undefined,
  'target-key-changed': undefined,
  'target-refused-key': undefined,
  'not-signed-in': undefined,
  'not-allowed': undefined,
} as const satisfies Record<ErrorCode, string | undefined>

/** The lines that say on stderr why a command failed and what to do, each prefixed `gatebook: `. */
export function refusalLines(error: unknown): string {
  if (!(error instanceof GatewayError)) return unexpected(error)
  const hint = error.hint ?? nextStep[error.code]
  const lines = error.message.split('\n')
  if (hint !== undefined) {
    if (lines.length > 1) lines.push(hint)
    else lines[0] = `${lines[0]}; ${hint}`
  }
  return lines.map((line) => `gatebook: ${printable(line)}\n`).join('')
}

/** A fault of ours: whoever mends it needs the stack. */
function unexpected(error: unknown): string {
  const shown = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const lines = ['this is a fault of gatebook: please report it with these lines', ...shown.split('\n')]
  return lines.map((line) => `gatebook: ${printable(line)}\n`).join('')
}
