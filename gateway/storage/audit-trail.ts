import type { Queries } from './database.ts'
import { auditEvent } from './schema-access.ts'

/** Who did what to whom, for the audit trail. `detail` holds no secret. */
export interface AuditedChange {
  /** Such as `staff:ivan`, `client:acme` or `operator`. */
  readonly actor: string
  /** Such as `support-key.pause`. */
  readonly action: string
  /** Such as `target:web1.acme`. */
  readonly subject: string
  readonly detail?: Readonly<Record<string, unknown>>
}

/** Must be called in the transaction of the change itself: both happen, or neither. */
export async function audit(transaction: Queries, change: AuditedChange): Promise<void> {
  await transaction.insert(auditEvent).values({ ...change, detail: change.detail ?? {} })
}
