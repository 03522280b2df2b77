/**
 * The contract of `/api/v1`: what the API sends and takes, shared by the gateway, the pages and the
 * command line's `--json`. Members are camelCase, ids are strings, times RFC 3339 in UTC with milliseconds.
 */
import { z } from 'zod'
import { forwardKinds } from './forward-kinds.ts'
import { seal } from './seal.ts'
import { reasonText, taskNumber } from './task-text.ts'
import { transferredFile } from './transferred-file.ts'

/** An instant such as `2026-11-23T12:04:11.123Z`. */
export const instant = z.iso.datetime({ precision: 3 })
/** A month of the calendar such as `2026-11`. */
export const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month looks like 2026-11')
export const slug = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'a slug is a-z, 0-9 and -, begins with a letter, 31 characters at most')

/** RFC 9457. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
})
export type Problem = z.infer<typeof problem>

export const principal = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('staff'),
    login: z.string(),
    name: z.string(),
    roles: z.array(z.enum(['admin', 'engineer', 'auditor', 'billing'])),
  }),
  z.object({ kind: z.literal('client-user'), client: slug, role: z.enum(['owner', 'viewer']) }),
])
export type PrincipalView = z.infer<typeof principal>

/**
 * POST /api/v1/sign-in, answered with the principal, as GET /api/v1/me is. POST /api/v1/sign-out answers 204.
 * The page reads the token from its own address, behind the `#`.
 */
export const signIn = z.object({ token: z.string().min(1).max(200) })

export const session = z.object({
  id: z.string(),
  client: z.string(),
  target: z.string(),
  login: z.string(),
  staff: z.string(),
  task: z.string().nullable(),
  reason: z.string().nullable(),
  sourceAddress: z.string(),
  startedAt: instant,
  endedAt: instant.nullable(),
  state: z.enum(['live', 'ended', 'interrupted']),
  endReason: z.string().nullable(),
  lengthMs: z.number().int(),
  channels: z.number().int(),
  keystrokes: z.number().int(),
  bytesIn: z.number().int(),
  bytesOut: z.number().int(),
  exitStatus: z.number().int().nullable(),
  exitSignal: z.string().nullable(),
  live: z.boolean(),
})
export type SessionView = z.infer<typeof session>

export const channel = z.object({
  channel: z.number().int(),
  kind: z.enum(['shell', 'exec', 'subsystem', ...forwardKinds]).nullable(),
  /** What an exec runs, the name of a subsystem, or where a forward leads. */
  command: z.string().nullable(),
  terminal: z.object({ type: z.string(), columns: z.number().int(), rows: z.number().int() }).nullable(),
  openedMs: z.number().int(),
  closedMs: z.number().int().nullable(),
  exitStatus: z.number().int().nullable(),
  exitSignal: z.string().nullable(),
  keystrokes: z.number().int(),
  bytesIn: z.number().int(),
  bytesOut: z.number().int(),
  bytesErr: z.number().int(),
})
export type ChannelView = z.infer<typeof channel>

/** GET /api/v1/sessions/{id} */
export const sessionDetail = session.extend({ seal, channelList: z.array(channel) })
export type SessionDetail = z.infer<typeof sessionDetail>

/** `gatebook session show --json` */
export const sessionShown = sessionDetail.extend({ files: z.array(transferredFile) })
export type SessionShown = z.infer<typeof sessionShown>

/** GET /api/v1/sessions?client&staff&target&from&to&live&cursor&limit, newest first. */
export const sessionQuery = z.object({
  client: slug.optional(),
  staff: z.string().optional(),
  target: z.string().optional(),
  /** A task's number. */
  task: taskNumber.optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  live: z.stringbool().optional(),
  /** `nextCursor` of the page before. */
  cursor: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

/** POST /api/v1/sessions/{id}/kill, answered with the session, which ends within a second. */
export const killedSession = z.object({
  /** A line for whoever is in it; stands in the record. */
  message: reasonText.optional(),
})

/** A page of a list: `nextCursor` is null on the last one. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}
export const sessionPage = page(session)
export type SessionPage = z.infer<typeof sessionPage>

/** GET /api/v1/sessions/{id}/files */
export const filePage = page(transferredFile)
export type FilePage = z.infer<typeof filePage>

/** Of keystrokes, replay and its segments. */
export const replayQuery = z.object({
  /** Seconds: a longer pause is shortened to this; 0 keeps every pause. */
  idle: z.coerce.number().min(0).max(3600).default(0),
  /** Number of the last event shown; the index of a live channel gives it to its segments, so that they agree. */
  through: z.coerce.number().int().min(0).optional(),
})

/** GET /api/v1/sessions/{id}/channels/{n}/keystrokes: each key with the name a person reads. */
export const keystroke = z.object({
  seq: z.number().int(),
  /** Microseconds since the session's start. */
  atUs: z.number().int(),
  /** Microseconds on the time axis of the replay, where idle stretches are shortened. */
  replayUs: z.number().int(),
  /** `Ctrl+C`, `F10`, `↑`, `a`, `paste`. */
  name: z.string(),
  /** base64 of the bytes. */
  bytes: z.string(),
})
export type KeystrokeView = z.infer<typeof keystroke>
export const keystrokeList = z.object({
  items: z.array(keystroke),
  /** Where the replay goes on behind each pause that it cuts; microseconds as above. */
  resumptions: z.array(z.object({ atUs: z.number().int(), replayUs: z.number().int() })),
})
export type KeystrokeList = z.infer<typeof keystrokeList>

/**
 * GET /api/v1/sessions/{id}/channels/{n}/replay?idle=SECONDS: the index asciinema-player's segmented
 * recording driver reads (3.18.0; research in ARCHITECTURE.md). `idle` 0 keeps every pause.
 */
export const replayIndex = z.object({
  version: z.literal(1),
  term: z.object({ cols: z.number().int(), rows: z.number().int() }),
  /** Seconds. */
  duration: z.number(),
  markers: z.array(z.tuple([z.number(), z.string()])),
  segments: z.array(z.object({ start: z.number(), url: z.string() })),
})
export type ReplayIndex = z.infer<typeof replayIndex>

/** GET /api/v1/sessions/{id}/channels/{n}/replay/{segment}?idle=SECONDS */
export const replaySegment = z.object({
  snapshot: z.object({ cols: z.number().int(), rows: z.number().int(), init: z.string() }),
  /** Seconds from the start of the replay, event code of asciicast v3, data. */
  events: z.array(z.tuple([z.number(), z.string(), z.string()])),
})
export type ReplaySegment = z.infer<typeof replaySegment>

/** GET /api/v1/clients, GET /api/v1/clients/{slug} */
export const client = z.object({
  slug: z.string(),
  name: z.string(),
  zone: z.string(),
  language: z.enum(['ru', 'en']),
})
export type ClientView = z.infer<typeof client>
export const clientList = z.object({ items: z.array(client) })

/** GET /api/v1/clients/{slug}/key; POST …/key/pause, …/key/resume, …/key/revoke answer with the same. */
export const supportKey = z.object({
  client: z.string(),
  state: z.enum(['active', 'paused', 'retired', 'revoked']),
  fingerprint: z.string(),
  /** The line for `authorized_keys`. */
  authorizedKeysLine: z.string(),
  createdAt: instant,
  changedAt: instant,
  changedBy: z.string(),
})
export type SupportKeyView = z.infer<typeof supportKey>

/** `gatebook staff list --json`; `staff show` adds `keys`. */
export const staffMember = z.object({
  id: z.string(),
  login: z.string(),
  name: z.string(),
  email: z.string(),
  roles: z.array(z.enum(['admin', 'engineer', 'auditor', 'billing'])),
  /** Networks and addresses they may come from; none: from anywhere. */
  from: z.array(z.string()),
  disabledAt: instant.nullable(),
  /** Null: there is no second factor. */
  totpSince: instant.nullable(),
})
export type StaffMemberView = z.infer<typeof staffMember>
export const staffKey = z.object({
  type: z.string(),
  fingerprint: z.string(),
  comment: z.string(),
  addedAt: instant,
  lastUsedAt: instant.nullable(),
})
export type StaffKeyView = z.infer<typeof staffKey>

/** `gatebook target list --json`; `target show` adds `hostKeys`, `hasPassword`, and as `client show` does `policy` and `ownPolicy`. */
export const target = z.object({
  id: z.string(),
  /** Full name, `web1.acme`. */
  target: z.string(),
  client: z.string(),
  reach: z.enum(['ssh', 'local-shell']),
  host: z.string().nullable(),
  port: z.number().int().nullable(),
  login: z.string(),
  logins: z.array(z.string()),
  notes: z.string(),
})
export type TargetView = z.infer<typeof target>
export const hostKey = z.object({
  type: z.string(),
  fingerprint: z.string(),
  trustedAt: instant,
  trustedBy: z.string(),
})
export type HostKeyView = z.infer<typeof hostKey>

/** `gatebook grant list --json`. */
export const grant = z.object({
  id: z.string(),
  staff: z.string(),
  client: z.string(),
  /** Null: every target of the client. */
  target: z.string().nullable(),
  until: instant.nullable(),
  revokedAt: instant.nullable(),
  state: z.enum(['running', 'ended', 'revoked']),
})
export type GrantView = z.infer<typeof grant>

/** GET /api/v1/time?month&client&staff: the printed lines of `gatebook time`; totals are their sums. */
export const timeQuery = z.object({
  client: slug.optional(),
  staff: z.string().optional(),
  month: month.optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
})
export const timeLine = z.object({
  client: z.string(),
  /** Local date in the client's zone. */
  day: z.iso.date(),
  staff: z.string(),
  task: z.string().nullable(),
  band: z.string().nullable(),
  billable: z.boolean(),
  /** Measured live time before rounding. */
  exactMs: z.number().int(),
  minutes: z.number().int(),
  charged: z.number().int(),
  /** Still counting: a session of this line is live. */
  provisional: z.boolean(),
  sessions: z.array(z.string()),
})
export type TimeLine = z.infer<typeof timeLine>
export const timeReport = z.object({
  lines: z.array(timeLine),
  totals: z.array(z.object({ client: z.string(), minutes: z.number().int(), charged: z.number().int() })),
  /** Sessions that cannot be billed, with the reason: shown, never counted. */
  quarantined: z.array(z.object({ session: z.string(), reason: z.string() })),
})
export type TimeReport = z.infer<typeof timeReport>
