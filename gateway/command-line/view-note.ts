import type { SessionSummary } from '../session/session.ts'
import { OPERATOR } from './desk.ts'
import type { OpenStores } from './program-parts.ts'

/** Puts on the audit trail that what was typed and shown in a session is seen by a command, before it is. */
export async function noteView(
  { auditTrail }: OpenStores,
  { id, client }: Pick<SessionSummary, 'id' | 'client'>,
  by: string,
): Promise<void> {
  await auditTrail.add({ actor: OPERATOR, action: 'session.view', subject: `session:${id}`, client, detail: { by } })
}
