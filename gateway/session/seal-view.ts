import type { SealView } from '#shared/seal.ts'
import type { SessionStatements } from '../recording/seal/session-log.ts'
import { isCheckpoint, isClosing } from '../recording/seal/session-statements.ts'
import { readStatement } from '../recording/seal/statement.ts'

/** What the signed statements say of a session, taken at their word: verifying reads all of its record. */
export function sealView({ log, checkpoint }: SessionStatements): SealView {
  if (log.length === 0) return { state: 'none', at: null, sealedMs: 0 }
  for (const { statement } of log.toReversed()) {
    const payload = readStatement(statement)?.payload
    if (payload !== undefined && isClosing(payload)) {
      return { state: 'sealed', at: payload.at, sealedMs: wholeMs(payload.lengthUs) }
    }
  }
  const payload = checkpoint === undefined ? undefined : readStatement(checkpoint)?.payload
  if (payload === undefined || !isCheckpoint(payload)) return { state: 'open', at: null, sealedMs: 0 }
  return { state: 'open', at: payload.at, sealedMs: wholeMs(Math.max(0, ...payload.open.map(([, , atUs]) => atUs))) }
}

function wholeMs(us: number): number {
  return Math.floor(us / 1000)
}
