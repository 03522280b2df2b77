import type { Clock } from '../clock.ts'
import type { RecordStore } from '../recording/record-store.ts'
import type { SessionLog } from '../recording/seal/session-log.ts'
import { signClosing } from '../recording/seal/session-seals.ts'
import type { SigningKey } from '../recording/seal/signing-key.ts'
import type { SessionStore } from './session.ts'

export interface InterruptParts {
  readonly sessions: Pick<SessionStore, 'show'>
  readonly records: Pick<RecordStore, 'append'>
  readonly sessionLog: Pick<SessionLog, 'positions'>
  readonly signingKey: SigningKey
  readonly clock: Clock
}

/**
 * Ends and seals a session whose gateway is gone, at its last event on record. Whoever is second, or late, changes
 * nothing.
 */
export async function interruptSession(parts: InterruptParts, sessionId: string, reason: string): Promise<void> {
  const { sessions, records, sessionLog, signingKey, clock } = parts
  const session = await sessions.show(sessionId)
  if (session === undefined) return
  const positions = await sessionLog.positions(sessionId)
  const { lengthUs, startedAt } = session
  const endedAt = new Date(startedAt.getTime() + Math.floor(lengthUs / 1000))
  const closing = { sessionId, state: 'interrupted', endedAt, lengthUs, reason } as const
  await signingKey.hold(() => {
    const statement = signClosing(signingKey, closing, positions, clock.now())
    const nothing = { frames: [], salts: [], runs: [], files: [], channels: [], checkpoints: [] }
    return records.append({ ...nothing, closings: [{ ...closing, statement }] })
  })
}
