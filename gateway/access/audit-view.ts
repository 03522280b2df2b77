import type { AuditEventView } from '#shared/audit.ts'
import type { AuditEvent } from './audit-trail.ts'

/** An entry of the audit trail as the API and `--json` show it. */
export function auditView({ id, at, client, ...event }: AuditEvent): AuditEventView {
  return { id: String(id), at: at.toISOString(), ...event, client: client ?? null }
}
