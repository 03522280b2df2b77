import type { SessionSummary } from '../session/session.ts'
import { OPERATOR } from './desk.ts'
import type { OpenStores } from './program-parts.ts'

/** Puts on the audit trail that what was typed and shown in a session is seen by a command, before it is. */
export async function noteView(
  stores: OpenStores,
  session: Pick<SessionSummary, 'id' | 'client'>,
  by: string,
): Promise<void> {
  await noteViews(stores, [session], by)
}

/** The same of several. */
export async function noteViews(
  { auditTrail }: OpenStores,
  sessions: readonly Pick<SessionSummary, 'id' | 'client'>[],
  by: string,
): Promise<void> {
  const seen = { actor: OPERATOR, action: 'session.view', detail: { by } }
  if (sessions.length === 0) return
  await auditTrail.add(...sessions.map(({ id, client }) => Object.assign({ subject: `session:${id}`, client }, seen)))
}
