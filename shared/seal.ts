import { z } from 'zod'

/** Of the seal: RFC 3339 in UTC with milliseconds. */
const instant = z.iso.datetime({ precision: 3 })

/** What was signed of a session so far; `GET …/verification` says whether it still holds. */
export const seal = z.object({
  /** `open`: up to the last checkpoint, for it goes on; `none`: the log of sessions does not know it. */
  state: z.enum(['open', 'sealed', 'none']),
  at: instant.nullable(),
  /** Milliseconds of the session that are covered. */
  sealedMs: z.number().int(),
})
export type SealView = z.infer<typeof seal>

/** GET /api/v1/sessions/{id}/verification and `gatebook verify --json`: whether the record is what was signed. */
export const sessionVerification = z.object({
  session: z.string(),
  verdict: z.enum(['intact', 'altered']),
  /** Null where it is altered, as the members down to `events`. */
  state: z.enum(['open', 'sealed', 'interrupted']).nullable(),
  signedAt: instant.nullable(),
  /** Microseconds of the session that a signature covers. */
  sealedUs: z.number().int().nullable(),
  channels: z.number().int().nullable(),
  events: z.number().int().nullable(),
  /** Of these events, erased with a signed reason. */
  erased: z.number().int().nullable(),
  /** What is wrong, null where nothing is; then, where known, of which channel, event and microsecond. */
  what: z.string().nullable(),
  channel: z.number().int().nullable(),
  event: z.number().int().nullable(),
  atUs: z.number().int().nullable(),
})
export type SessionVerification = z.infer<typeof sessionVerification>

/** `gatebook verify FILE.zip --json` and `node verify.mjs FILE.zip --json`: whether a dossier is what was signed. */
export const dossierVerification = sessionVerification.extend({
  /** Null where it is altered, as all that follows. */
  session: z.string().nullable(),
  /** The signed head of the log of sessions that it is proven under. */
  head: z
    .object({
      gateway: z.string(),
      size: z.number().int(),
      root: z.string(),
      at: instant,
      /** Among those that were given with --head. */
      isKept: z.boolean(),
    })
    .nullable(),
  /** Id of the first key of the gateway that signed the head: everything is believed for it. */
  firstKey: z.string().nullable(),
  /** Why that gateway began anew with it, where it had another one before. */
  beganAnew: z.string().nullable(),
})
export type DossierVerification = z.infer<typeof dossierVerification>
