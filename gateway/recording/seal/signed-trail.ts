import type { AuditTrail } from '../../access/audit-trail.ts'
import type { Clock } from '../../clock.ts'
import { Altered } from './altered.ts'
import type { KeyRing } from './key-ring.ts'
import type { SessionLog } from './session-log.ts'
import type { SigningKey } from './signing-key.ts'

/** What a gateway says of the audit trail: how many entries it has, and the hash of the last. */
interface TrailStatement {
  readonly gateway: string
  readonly entries: number
  /** Hexadecimal; it covers all entries before. */
  readonly hash: string
  readonly at: string
}

export interface TrailSigningParts {
  readonly gatewayId: string
  readonly key: SigningKey
  readonly trail: Pick<AuditTrail, 'lastLink'>
  readonly sessionLog: Pick<SessionLog, 'appendTrail'>
  readonly clock: Pick<Clock, 'now'>
}

/** Signs into the log of sessions how the audit trail stands, if it is longer than `signed`; answers with its length. */
export async function signTrail(parts: TrailSigningParts, signed: number): Promise<number> {
  const { gatewayId, key, trail, sessionLog, clock } = parts
  const last = await trail.lastLink()
  if (last === undefined || last.id <= signed) return signed
  const statement: TrailStatement = {
    gateway: gatewayId,
    entries: last.id,
    hash: last.hash.toString('hex'),
    at: clock.now().toISOString(),
  }
  await key.hold(() => sessionLog.appendTrail(key.sign('trail', statement)))
  return last.id
}

/**
 * Whether the audit trail is one chain, and the one that was signed. Throws `Altered`. The log itself is verified
 * before; `keys` are of it.
 */
export async function verifyTrail(
  trail: Pick<AuditTrail, 'firstAltered' | 'hashes'>,
  log: Pick<SessionLog, 'trails'>,
  keys: KeyRing,
): Promise<{ readonly entries: number }> {
  const first = await trail.firstAltered()
  if (first !== undefined) throw new Altered(`entry ${first} of the audit trail is not as it was written`)
  const said = (await log.trails()).map(({ index, statement }) => readTrail(keys, statement, index))
  const hashes = await trail.hashes(said.map(({ entries }) => entries))
  for (const { entries, hash, at, gateway } of said) {
    const found = hashes.get(entries)
    const signed = `gateway ${gateway} signed ${entries} entries at ${at}`
    if (found === undefined) throw new Altered(`the end of the audit trail is missing: ${signed}`)
    if (found.toString('hex') !== hash) throw new Altered(`the audit trail was written anew: ${signed}, and other ones`)
  }
  return { entries: said.at(-1)?.entries ?? 0 }
}

function readTrail(keys: KeyRing, text: string, index: number): TrailStatement {
  const { payload, by } = keys.read(text, 'trail', index)
  const { gateway, entries, hash, at } = payload
  const isWhole = Number.isSafeInteger(entries) && typeof hash === 'string' && typeof at === 'string'
  if (gateway !== by.gateway || !isWhole) throw new Altered(`entry ${index} of the log of sessions is malformed`)
  return { gateway: by.gateway, entries: entries as number, hash, at }
}
