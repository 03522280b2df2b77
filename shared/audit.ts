import { z } from 'zod'
import { instant, page, slug } from './api.ts'

/** An entry of the audit trail; `gatebook audit --json`. */
export const auditEvent = z.object({
  /** From 1 on, without gaps, in order of time. */
  id: z.string(),
  at: instant,
  /** Such as `staff:ivan`, `client:acme`, `operator` (a command on the gateway's machine) or `gateway`. */
  actor: z.string(),
  /** Such as `support-key.pause`. */
  action: z.string(),
  /** Such as `target:web1.acme`. */
  subject: z.string(),
  /** The slug of the client it concerns. */
  client: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
})
export type AuditEventView = z.infer<typeof auditEvent>

/** GET /api/v1/audit?actor&action&client&from&to&cursor&limit, newest first. */
export const auditQuery = z.object({
  actor: z.string().optional(),
  /** An action, or how it begins: `support-key.` */
  action: z.string().optional(),
  client: slug.optional(),
  /** At or after; before. */
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  /** `nextCursor` of the page before. */
  cursor: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export const auditPage = page(auditEvent)
export type AuditPage = z.infer<typeof auditPage>
