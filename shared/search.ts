import { z } from 'zod'

/** A command found in a recording: an aid; what ran is what the recording shows. */
export const sessionCommand = z.object({
  channel: z.number().int(),
  /** Counts from 0 inside the channel. */
  number: z.number().int(),
  /** Microseconds since the session's start: when it was sent. */
  atUs: z.number().int(),
  /** Null: it is not known when it ended. */
  endedUs: z.number().int().nullable(),
  text: z.string(),
  /** `osc`: the shell said so; `screen`: as the screen showed it at Enter; `exec`: the request's own. */
  source: z.enum(['osc', 'screen', 'exec']),
  exitStatus: z.number().int().nullable(),
  /** Null: not known. */
  directory: z.string().nullable(),
})
export type SessionCommandView = z.infer<typeof sessionCommand>

/** GET /api/v1/sessions/{id}/commands?cursor&limit, by channel and number. */
export const commandQuery = z.object({
  /** `nextCursor` of the page before. */
  cursor: z
    .string()
    .regex(/^\d{1,9}-\d{1,9}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
})
export const commandPage = z.object({
  items: z.array(sessionCommand),
  nextCursor: z.string().nullable(),
  /** Channels whose commands are found when they have ended. */
  notRead: z.array(z.number().int()),
})
export type CommandPage = z.infer<typeof commandPage>

/** Shorter ones stand everywhere, and no index finds them. */
export const searchText = z
  .string()
  .min(3, 'search for at least 3 characters')
  .max(200, 'search for at most 200 characters')
  .regex(/^\P{Cc}*$/u, 'search for text of one line')

/** `gatebook search --json`, and GET /api/v1/search: one line in which the text stands. */
export const searchHit = z.object({
  session: z.string(),
  client: z.string(),
  target: z.string(),
  login: z.string(),
  staff: z.string(),
  channel: z.number().int(),
  in: z.enum(['output', 'commands', 'keys']),
  /** When it was shown, sent or typed. */
  at: z.iso.datetime({ precision: 3 }),
  /** The same in microseconds since the session's start. */
  atUs: z.number().int(),
  text: z.string(),
  /** The page that replays it. */
  url: z.string(),
})
export type SearchHitView = z.infer<typeof searchHit>

/** GET /api/v1/search?text&in&client&staff&target&from&to&cursor&limit, newest session first. */
export const searchQuery = z.object({
  text: searchText,
  in: z.enum(['output', 'commands', 'keys']).optional(),
  client: z.string().optional(),
  staff: z.string().optional(),
  target: z.string().optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  /** `nextCursor` of the page before. */
  cursor: z
    .string()
    .regex(/^[0-9a-f-]{36}_\d{1,9}_\d{1,16}_(?:output|commands|keys)_\d{1,9}_\d{1,9}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export const searchPage = z.object({ items: z.array(searchHit), nextCursor: z.string().nullable() })
