import type { Staff } from '../access/staff.ts'
import { string, type WireReader } from '../transport/wire.ts'
import { whyNotEnough, type FidoRules } from './fido-rules.ts'
import { provenBy } from './signature.ts'
import type { StaffIdentity } from './staff-identity.ts'

/** A `publickey` request (RFC 4252 §7). */
export interface KeyRequest {
  readonly algorithm: string
  /** Public key or certificate in wire form. */
  readonly blob: Buffer
  /** Undefined: the client only asks whether the key would do. */
  readonly signature: Buffer | undefined
  /** What the signature must be of. */
  readonly signed: Buffer
}

/** Reads what stands behind the name of the method; `payload` is the whole message. */
export function readKeyRequest(payload: Buffer, reader: WireReader, sessionId: Buffer): KeyRequest {
  const signs = reader.boolean()
  const [algorithm, blob] = [reader.text(), reader.string()]
  const unsigned = payload.subarray(0, payload.length - reader.remaining)
  const signature = signs ? reader.string() : undefined
  return { algorithm, blob, signature, signed: Buffer.concat([string(sessionId), unsigned]) }
}

export type KeyVerdict =
  /** `ownKey` and `goodUntil` as in `Visitor`. */
  | {
      readonly verdict: 'proven'
      readonly staff: Staff
      readonly key: Buffer
      readonly ownKey: string | undefined
      readonly goodUntil: Date | undefined
    }
  | { readonly verdict: 'would do' }
  | { readonly verdict: 'nobody knows it' }
  | { readonly verdict: 'refused'; readonly why: string }
  /** Of another person than the one who may come, or not signed with it. */
  | { readonly verdict: 'wrong' }

export interface KeyJudge extends FidoRules {
  readonly identity: Pick<StaffIdentity, 'whose'>
  readonly sourceAddress: string
  /** Inside `ssh -J` nobody else may come. */
  readonly only: Staff | undefined
}

/** Whose key it is, and whether it is proven. Rejects where the database does not answer. */
export async function judgeKey(request: KeyRequest, judge: KeyJudge): Promise<KeyVerdict> {
  const { signature, signed } = request
  const { identity, sourceAddress, only } = judge
  const found = await identity.whose({ ...request, sourceAddress })
  if (found === undefined) return { verdict: 'nobody knows it' }
  if ('refused' in found) return { verdict: 'refused', why: found.refused }
  const { staff, key, ownKey, goodUntil } = found
  if (staff.disabledAt !== undefined) {
    return { verdict: 'refused', why: `${staff.login} is disabled; ask an administrator` }
  }
  if (only !== undefined && only.id !== staff.id) return { verdict: 'wrong' }
  if (signature === undefined) return { verdict: 'would do' }
  const proven = provenBy({ ...found, signature, signed })
  if (proven === undefined) return { verdict: 'wrong' }
  const fidoPinRequired = judge.fidoPinRequired || found.pinRequired
  const why = proven.fido && whyNotEnough(proven.fido, { ...judge, fidoPinRequired })
  return why === undefined ? { verdict: 'proven', staff, key, ownKey, goodUntil } : { verdict: 'refused', why }
}
