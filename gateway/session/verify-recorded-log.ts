import { Altered } from '../recording/seal/altered.ts'
import { KeyRing, type LoggedStatement } from '../recording/seal/key-ring.ts'
import { leafHash, type SessionLog } from '../recording/seal/session-log.ts'
import { type IntactLog, type KeptHead, verifyLog } from '../recording/seal/verify-log.ts'

/** A log that holds, and its keys. */
export interface HeldLog extends IntactLog {
  readonly keys: KeyRing
}

/**
 * Verifies the log of sessions against the heads that the database keeps and those kept elsewhere, and that these
 * statements stand in it. Throws `Altered`.
 */
export async function verifyRecordedLog(
  log: Pick<SessionLog, 'keys' | 'heads' | 'leaves'>,
  keptElsewhere: readonly KeptHead[],
  statements: readonly LoggedStatement[] = [],
): Promise<HeldLog> {
  // Heads first: the log may grow while it is read, but never has fewer entries than a head counts.
  const kept = (await log.heads()).map((statement) => ({ statement, keptIn: 'the database' }))
  const logged = await log.keys()
  const keys = new KeyRing(logged)
  const expected = new Map([...logged, ...statements].map((each) => [each.index, each.statement]))
  const held = await verifyLog({
    keys,
    heads: [...kept, ...keptElsewhere],
    leaves: log.leaves(0),
    heed({ index, hash }) {
      const statement = expected.get(index)
      if (statement !== undefined && !leafHash(statement).equals(hash)) throw anotherEntry(index)
    },
  })
  return { ...held, keys }
}

export function anotherEntry(index: number): Altered {
  return new Altered(`entry ${index} of the log of sessions is not the one that was signed there`)
}
