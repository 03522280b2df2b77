import { isIP } from 'node:net'
import { z } from 'zod'
import { isNetwork } from './access/networks.ts'

/** A row of the settings table of README.md. */
export interface Setting {
  readonly name: string
  /** As shown in the table; `unset` where there is none. */
  readonly default: string
  readonly unit: string
  readonly meaning: string
  /** Completes "NAME must be …" where a value is refused. */
  readonly expected: string
}

interface SettingText {
  readonly unit: string
  readonly meaning: string
  readonly expected: string
  /** For the table, where the default follows from other settings. */
  readonly derived?: string
}

// Each setting is written once: what zod checks and what people read stand on the same lines.
declare module 'zod' {
  interface GlobalMeta {
    setting?: Omit<Setting, 'name'>
  }
}

/** The environment variables of the gateway; unknown ones are for `parseConfig` to refuse. */
export const environmentSchema = z.object({
  DATABASE_URL: optional(z.url({ protocol: /^postgres(ql)?$/ }), {
    derived: 'unset: an embedded PostgreSQL 18 kept in `GATEBOOK_DATA`',
    unit: 'URL',
    meaning: 'PostgreSQL 14 or newer that holds everything',
    expected: 'a URL such as postgres://user:password@host:5432/database',
  }),
  GATEBOOK_DATA: withDefault(z.string(), './data', {
    unit: 'directory',
    meaning: 'made with mode 0700: host keys, journal, embedded database, master key if none is given',
    expected: 'a directory',
  }),
  GATEBOOK_SSH_LISTEN: withDefault(z.string().transform(listenAddress), '0.0.0.0:2222', {
    unit: 'address:port',
    meaning: 'where the SSH door listens',
    expected: 'ADDRESS:PORT such as 0.0.0.0:2222 or [::]:2222',
  }),
  GATEBOOK_HTTP_LISTEN: withDefault(z.string().transform(listenAddress), '127.0.0.1:8080', {
    unit: 'address:port',
    meaning: 'where the web pages and the API listen; put a TLS proxy in front before you open it',
    expected: 'ADDRESS:PORT such as 127.0.0.1:8080 or [::1]:8080',
  }),
  GATEBOOK_PUBLIC_URL: optional(z.url({ protocol: /^https?$/ }).transform(withoutFinalSlash), {
    derived: 'from `GATEBOOK_HTTP_LISTEN`',
    unit: 'URL',
    meaning: 'how people reach the pages; used in links',
    expected: 'a URL such as https://bastion.example',
  }),
  GATEBOOK_PUBLIC_SSH: optional(z.string().transform(publicSsh), {
    derived: 'from `GATEBOOK_SSH_LISTEN`',
    unit: 'host[:port]',
    meaning: 'what people type after `ssh`; port 22 unless said; used in hints',
    expected: 'HOST or HOST:PORT such as bastion.example:2222',
  }),
  GATEBOOK_PUBLIC_ADDRESS: optional(z.string().transform(addressList), {
    derived: 'unset: no `from=`',
    unit: 'addresses',
    meaning:
      'addresses or networks the targets see us come from, separated by commas; become `from=` in authorized_keys',
    expected: 'IP addresses or networks separated by commas, such as 203.0.113.7,2001:db8::/64',
  }),
  GATEBOOK_MASTER_KEY_FILE: optional(z.string(), {
    derived: '`GATEBOOK_DATA`/master.key',
    unit: 'file',
    meaning: '32 bytes, mode 0600, that seal support keys and passwords; made at the first start unless named here',
    expected: 'a file',
  }),
  GATEBOOK_USER_CA_FILE: optional(z.string(), {
    derived: 'unset: no certificates',
    unit: 'file',
    meaning: 'public keys of the authorities whose OpenSSH user certificates let staff in, one a line',
    expected: 'a file',
  }),
  GATEBOOK_REVOKED_KEYS_FILE: optional(z.string(), {
    derived: 'unset',
    unit: 'file',
    meaning: 'keys and certificates that let nobody in any more; read at each sign-in',
    expected: 'a file',
  }),
  GATEBOOK_TOTP_REQUIRED: withDefault(z.enum(['no', 'yes']).transform(isYes), 'no', {
    unit: '`yes` or `no`',
    meaning:
      'whether staff come in only with a second factor (`gatebook staff totp`); those who have one give it always',
    expected: 'yes or no',
  }),
  GATEBOOK_TOTP_REMEMBER_S: withDefault(wholeNumber(0, 2_592_000), '0', {
    unit: 'seconds, 0-2592000',
    meaning: 'for how long a code lets its owner in without another from the same address; 0 asks each time',
    expected: 'a whole number of seconds from 0 to 2592000 (30 days)',
  }),
  GATEBOOK_FIDO_TOUCH_REQUIRED: withDefault(z.enum(['no', 'yes']).transform(isYes), 'yes', {
    unit: '`yes` or `no`',
    meaning: 'whether FIDO keys (`sk-`) must be touched to sign in, whatever `no-touch-required` says',
    expected: 'yes or no',
  }),
  GATEBOOK_FIDO_PIN_REQUIRED: withDefault(z.enum(['no', 'yes']).transform(isYes), 'no', {
    unit: '`yes` or `no`',
    meaning: 'whether FIDO keys must ask for their PIN or a known finger (`ssh-keygen -O verify-required`)',
    expected: 'yes or no',
  }),
  GATEBOOK_DURABILITY: withDefault(z.enum(['process', 'power']), 'process', {
    unit: '`process` or `power`',
    meaning: 'what the record survives: kill -9 of the gateway, or loss of power too (slower)',
    expected: 'process or power',
  }),
  GATEBOOK_TREE_HEAD_FILE: optional(z.string(), {
    derived: 'unset',
    unit: 'file',
    meaning: 'signed heads of the log of sessions are appended here, a line each; best on another machine',
    expected: 'a file',
  }),
  GATEBOOK_TREE_HEAD_WEBHOOK: optional(z.url({ protocol: /^https?$/ }), {
    derived: 'unset',
    unit: 'URL',
    meaning: 'they are posted here',
    expected: 'a URL such as https://witness.example/gatebook',
  }),
  GATEBOOK_TREE_HEAD_COMMAND: optional(z.string(), {
    derived: 'unset',
    unit: 'shell command',
    meaning: 'it is run for each, with the head on its stdin',
    expected: 'a command for the shell',
  }),
  GATEBOOK_PENALTY_MAX_S: withDefault(wholeNumber(0, 86_400), '600', {
    unit: 'seconds, 0-86400',
    meaning: 'how long an address has to wait at most that comes again and again without signing in; 0: none has to',
    expected: 'a whole number of seconds from 0 to 86400',
  }),
  GATEBOOK_PENALTY_EXEMPT: withDefault(z.string().transform(networkList), '127.0.0.0/8,::1', {
    unit: 'addresses',
    meaning:
      'addresses and networks that never have to, such as the office or a proxy before the door; `none`: all may have to',
    expected: 'none, or IP addresses or networks separated by commas, such as 203.0.113.7,2001:db8::/64',
  }),
  GATEBOOK_LOGIN_GRACE_S: withDefault(wholeNumber(1, 600), '120', {
    unit: 'seconds, 1-600',
    meaning: 'time a connection has to sign in',
    expected: 'a whole number of seconds from 1 to 600',
  }),
  GATEBOOK_IDLE_S: withDefault(wholeNumber(0, 86_400), '0', {
    unit: 'seconds, 0-86400',
    meaning:
      'a session ends when no key was pressed for so long; 0: never; a client or a target may say otherwise with `--idle-end`',
    expected: 'a whole number of seconds from 0 to 86400',
  }),
  GATEBOOK_LEASE_S: withDefault(wholeNumber(4, 3600), '20', {
    unit: 'seconds, 4-3600',
    meaning:
      'when a gateway has not been heard of for so long, the others close its sessions as `gateway lost`; it says a few times in that time that it is there',
    expected: 'a whole number of seconds from 4 to 3600',
  }),
  GATEBOOK_JOURNAL_MAX_BYTES: withDefault(wholeNumber(8_388_608, 2 ** 50), '1073741824', {
    unit: 'bytes, 8388608 or more',
    meaning: 'journal kept while the database is away; when it is full, sessions are closed, never left unrecorded',
    expected: 'a whole number of bytes, at least 8388608',
  }),
})

/** Every setting in the order of the table. */
export const settings: readonly Setting[] = Object.entries(environmentSchema.shape).map(([name, schema]) =>
  Object.assign({ name }, schema.meta()!.setting!),
)

function withDefault<Schema extends z.ZodType<unknown, string>>(
  schema: Schema,
  value: z.input<Schema>,
  text: SettingText,
) {
  return schema.prefault(value).meta({ setting: { ...text, default: `\`${value}\`` } })
}

function optional<Schema extends z.ZodType<unknown, string>>(schema: Schema, text: SettingText & { derived: string }) {
  return schema.optional().meta({ setting: { ...text, default: text.derived } })
}

function isYes(text: 'yes' | 'no'): boolean {
  return text === 'yes'
}

function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max))
}

/** Parses `0.0.0.0:2222` and `[::]:2222`. Port 0 lets the system choose one. */
function listenAddress(text: string, context: z.RefinementCtx) {
  const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text)
  const host = parts?.[1] ?? parts?.[2]
  const port = Number(parts?.[3])
  if (host === undefined || port > 65_535 || (parts?.[1] !== undefined && isIP(host) !== 6)) return refuse(context)
  return { host, port }
}

function publicSsh(text: string, context: z.RefinementCtx) {
  const withPort =
    /:\d+$/.test(text) && (text.startsWith('[') || text.split(':').length === 2) ? text : `${bracketed(text)}:22`
  return listenAddress(withPort, context)
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

function addressList(text: string, context: z.RefinementCtx) {
  const addresses = text.split(',').map((address) => address.trim())
  return addresses.every(isNetwork) ? addresses.join(',') : refuse(context)
}

function networkList(text: string, context: z.RefinementCtx): readonly string[] {
  const networks = text === 'none' ? [] : text.split(',').map((network) => network.trim())
  return networks.every(isNetwork) ? networks : refuse(context)
}

function withoutFinalSlash(url: string): string {
  return url.replace(/\/+$/, '')
}

function refuse(context: z.RefinementCtx): never {
  context.addIssue({ code: 'custom', message: 'malformed' })
  return z.NEVER
}
