import { join, resolve } from 'node:path'
import type { z } from 'zod'
import { GatewayError } from './errors.ts'
import { nearestName } from './nearest-name.ts'
import { environmentSchema, settings } from './settings.ts'

/** The settings of a gateway, parsed once at start. Durations say their unit in the name. */
export interface Config {
  /** Undefined: the embedded PostgreSQL inside `dataDirectory`. */
  readonly databaseUrl: string | undefined
  /** Absolute; mode 0700. Host keys, journal, embedded database, master key. */
  readonly dataDirectory: string
  readonly sshListen: ListenAddress
  readonly httpListen: ListenAddress
  /** Such as `http://localhost:8080`, without a slash at the end. */
  readonly publicUrl: string
  /** What people type after `ssh`, such as `bastion.example`; port only where it is not 22. */
  readonly publicSsh: { readonly host: string; readonly port: number }
  /** The addresses targets see us come from, for `from=`, separated by commas; undefined when not known. */
  readonly publicAddress: string | undefined
  readonly masterKeyFile: string
  /** Absolute; undefined: no certificate lets anybody in. */
  readonly userCaFile: string | undefined
  /** Absolute; undefined: nothing is revoked by a list. */
  readonly revokedKeysFile: string | undefined
  /** Whether nobody comes in by a key alone. */
  readonly totpRequired: boolean
  /** 0: a code is asked for each time. */
  readonly totpRememberS: number
  /** Of FIDO keys. */
  readonly fidoTouchRequired: boolean
  /** The PIN of FIDO keys, or a finger they know. */
  readonly fidoPinRequired: boolean
  readonly durability: 'process' | 'power'
  /** Absolute; undefined, as the two behind it: tree heads are not published there. */
  readonly treeHeadFile: string | undefined
  readonly treeHeadWebhook: string | undefined
  readonly treeHeadCommand: string | undefined
  readonly loginGraceS: number
  /** 0: no address ever has to wait. */
  readonly penaltyMaxS: number
  readonly penaltyExempt: readonly string[]
  /** 0: never. */
  readonly idleS: number
  readonly leaseS: number
  readonly journalMaxBytes: number
}

export interface ListenAddress {
  readonly host: string
  readonly port: number
}

const PREFIX = 'GATEBOOK_'
// What staff send to us with SetEnv (product.md); an operator may have them in the environment too.
const notSettings = new Set(['GATEBOOK_TASK', 'GATEBOOK_REASON'])

/**
 * Settings from environment variables. An empty one counts as unset.
 * Throws one `bad-input` whose message has a line per mistake and shows no value: it may be a secret.
 */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = environmentSchema.safeParse(given)
  const mistakes = [...unknownSettings(given), ...(parsed.success ? [] : new Set(parsed.error.issues.map(describe)))]
  if (!parsed.success || mistakes.length > 0) {
    throw new GatewayError('bad-input', mistakes.join('\n'), 'every setting is in the table of README.md')
  }
  return toConfig(parsed.data)
}

function unknownSettings(given: Readonly<Record<string, unknown>>): string[] {
  const known = settings.map((setting) => setting.name).filter((name) => name.startsWith(PREFIX))
  // The prefix that all share would make every name look near.
  const endings = known.map((name) => name.slice(PREFIX.length))
  return Object.keys(given)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name) && !notSettings.has(name))
    .map((name) => {
      const nearest = nearestName(name.slice(PREFIX.length), endings)
      return `${name} is no setting of gatebook${nearest === undefined ? '' : `: did you mean ${PREFIX}${nearest}?`}`
    })
}

function describe(issue: z.core.$ZodIssue): string {
  const name = issue.path.join('.')
  const setting = settings.find((candidate) => candidate.name === name)
  return `${name} must be ${setting?.expected ?? 'valid'}`
}

function toConfig(data: z.infer<typeof environmentSchema>): Config {
  const dataDirectory = resolve(data.GATEBOOK_DATA)
  const sshListen = data.GATEBOOK_SSH_LISTEN
  const httpListen = data.GATEBOOK_HTTP_LISTEN
  return {
    databaseUrl: data.DATABASE_URL,
    dataDirectory,
    sshListen,
    httpListen,
    publicUrl: data.GATEBOOK_PUBLIC_URL ?? `http://${inUrl(reachableHost(httpListen.host))}:${httpListen.port}`,
    publicSsh: data.GATEBOOK_PUBLIC_SSH ?? { host: reachableHost(sshListen.host), port: sshListen.port },
    publicAddress: data.GATEBOOK_PUBLIC_ADDRESS,
    masterKeyFile: resolve(data.GATEBOOK_MASTER_KEY_FILE ?? join(dataDirectory, 'master.key')),
    userCaFile: data.GATEBOOK_USER_CA_FILE && resolve(data.GATEBOOK_USER_CA_FILE),
    revokedKeysFile: data.GATEBOOK_REVOKED_KEYS_FILE && resolve(data.GATEBOOK_REVOKED_KEYS_FILE),
    totpRequired: data.GATEBOOK_TOTP_REQUIRED,
    totpRememberS: data.GATEBOOK_TOTP_REMEMBER_S,
    fidoTouchRequired: data.GATEBOOK_FIDO_TOUCH_REQUIRED,
    fidoPinRequired: data.GATEBOOK_FIDO_PIN_REQUIRED,
    durability: data.GATEBOOK_DURABILITY,
    treeHeadFile: data.GATEBOOK_TREE_HEAD_FILE && resolve(data.GATEBOOK_TREE_HEAD_FILE),
    treeHeadWebhook: data.GATEBOOK_TREE_HEAD_WEBHOOK,
    treeHeadCommand: data.GATEBOOK_TREE_HEAD_COMMAND,
    loginGraceS: data.GATEBOOK_LOGIN_GRACE_S,
    penaltyMaxS: data.GATEBOOK_PENALTY_MAX_S,
    penaltyExempt: data.GATEBOOK_PENALTY_EXEMPT,
    idleS: data.GATEBOOK_IDLE_S,
    leaseS: data.GATEBOOK_LEASE_S,
    journalMaxBytes: data.GATEBOOK_JOURNAL_MAX_BYTES,
  }
}

/** Nobody can type `0.0.0.0`: a gateway that listens everywhere is certainly at localhost. */
function reachableHost(listenHost: string): string {
  return ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(listenHost) ? 'localhost' : listenHost
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
