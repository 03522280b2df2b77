import { readFileSync } from 'node:fs'
import os from 'node:os'
import { GatewayError } from '../errors.ts'

/** The account of the operating system that the embedded PostgreSQL runs under. */
export interface ServerAccount {
  readonly name: string
  /** Given to `spawn`; undefined where the server runs as the gateway's own user. */
  readonly drop: { readonly uid: number; readonly gid: number } | undefined
}

/** Nothing of the gateway's own environment reaches the server: no PGDATA, no preloads, no secrets. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/**
 * PostgreSQL refuses to run as root, so root lends it `postgres`, else `nobody`: accounts that are there
 * already, because making one would change the machine. Throws `database-setup` where no account fits.
 */
export function serverAccount(): ServerAccount {
  if (process.getuid?.() !== 0) return { name: ownName(), drop: undefined }
  // Root keeps the cluster below a directory that only root can enter; /proc/self/cwd is the way in.
  if (process.platform !== 'linux') {
    throw new GatewayError(
      'database-setup',
      'the embedded PostgreSQL cannot be started by root on this system',
      'start gatebook as an ordinary user, or set DATABASE_URL',
    )
  }
  for (const name of ['postgres', 'nobody']) {
    const fields = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .find(([account]) => account === name)
    if (fields !== undefined) return { name, drop: { uid: Number(fields[2]), gid: Number(fields[3]) } }
  }
  throw new GatewayError(
    'database-setup',
    'PostgreSQL refuses to run as root, and /etc/passwd has neither postgres nor nobody',
    'start gatebook as an ordinary user, or set DATABASE_URL',
  )
}

function ownName(): string {
  try {
    return os.userInfo().username
  } catch (cause) {
    throw new GatewayError(
      'database-setup',
      'this user id has no entry in /etc/passwd, which the embedded PostgreSQL needs',
      'start gatebook as a user with an entry, or set DATABASE_URL',
      cause,
    )
  }
}
