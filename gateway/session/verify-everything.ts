import type { SessionVerification } from '#shared/seal.ts'
import { Altered } from '../recording/seal/altered.ts'
import type { KeyRing } from '../recording/seal/key-ring.ts'
import { leafHash, type LogEntry, type SessionLog } from '../recording/seal/session-log.ts'
import { readStatement } from '../recording/seal/statement.ts'
import { verificationView } from '../recording/seal/verification-view.ts'
import type { KeptHead } from '../recording/seal/verify-log.ts'
import { verdictOf } from '../recording/seal/verify-session.ts'
import type { SessionStore } from './session.ts'
import { anotherEntry, type HeldLog, verifyRecordedLog } from './verify-recorded-log.ts'
import { type RecordedSessionParts, verifyRecordedSession } from './verify-recorded-session.ts'

export interface EverythingParts extends RecordedSessionParts {
  readonly sessionLog: SessionLog
  readonly sessions: Pick<SessionStore, 'list'>
}

const SESSIONS_AT_ONCE = 200

/**
 * Verifies the log of sessions, every entry of it, every session it opened, and that there is nothing it does not know.
 * Tells what it finds of each session, and throws `Altered` where the log itself does not hold.
 */
export async function verifyEverything(
  parts: EverythingParts,
  keptElsewhere: readonly KeptHead[],
  tell: (found: SessionVerification) => void,
): Promise<HeldLog> {
  const held = await verifyRecordedLog(parts.sessionLog, keptElsewhere)
  const opened = new Set<string>()
  for await (const entry of parts.sessionLog.entries(0)) {
    // What came while we read is not under a head yet.
    if (entry.index >= held.size) break
    const session = checkEntry(held.keys, entry)
    if (session !== undefined) opened.add(session)
  }
  for (const id of opened) {
    tell(verificationView(id, await verdictOf(() => verifyRecordedSession(parts, id, held.keys))))
  }
  for await (const id of strangers(parts, opened)) {
    const unknown = { what: 'the log of sessions does not know it' }
    tell(verificationView(id, { verdict: 'altered', alteration: unknown }))
  }
  return held
}

/** Answers with the session that the entry opens. */
function checkEntry(keys: KeyRing, entry: LogEntry): string | undefined {
  const { index, statement, kind, sessionId } = entry
  if (!leafHash(statement).equals(entry.leafHash)) throw anotherEntry(index)
  const said = readStatement(statement)
  if (said?.kind !== kind || (said.payload.session ?? undefined) !== sessionId) {
    throw new Altered(`what stands beside entry ${index} of the log of sessions is not what it says`)
  }
  // The ring has read these already.
  if (kind !== 'key') keys.read(statement, kind, index)
  return kind === 'opening' ? sessionId : undefined
}

/** Sessions, and parts of sessions, that were never opened; also those that began while we read. */
async function* strangers(parts: EverythingParts, opened: ReadonlySet<string>): AsyncGenerator<string> {
  for (let last: string | undefined; ;) {
    const page = await parts.sessions.list({ limit: SESSIONS_AT_ONCE, ...(last !== undefined && { after: last }) })
    for (const { id } of page) {
      if (!opened.has(id) && (await parts.sessionLog.statements(id)).log.length === 0) yield id
    }
    last = page.at(-1)?.id
    if (last === undefined) break
  }
  yield* await parts.evidence.strangers()
}
