import { isNetwork, isWithin } from '../access/networks.ts'
import { WireReader } from '../transport/wire.ts'
import type { RevokedKeys } from './revoked-keys.ts'
import { proves } from './signature.ts'
import type { CriticalOption, UserCertificate } from './user-certificate.ts'

/** What a certificate is judged by. */
export interface CertificateRules {
  /** Public keys of the authorities we trust, wire form in base64. */
  readonly authorities: ReadonlySet<string>
  readonly revoked: RevokedKeys
  readonly now: Date
  readonly sourceAddress: string
}

const USER = 1
/** The critical option by which a FIDO key must ask for its PIN; whoever judges the key sees to it. */
export const VERIFY_REQUIRED = 'verify-required'
/** As sshd's SSHKEY_CERT_MAX_PRINCIPALS; each costs a look into the database. */
const PRINCIPALS_MAX = 256

/** Why a certificate lets nobody in; undefined where it is good for its principals. The key is still to be proven. */
export function whyRefused(certificate: UserCertificate, rules: CertificateRules): string | undefined {
  const { authority, signature, signed, principals, kind } = certificate
  if (!rules.authorities.has(authority.toString('base64'))) return 'its authority is not trusted here'
  const algorithm = signatureAlgorithm(signature)
  if (!proves({ algorithm, key: authority, signature, signed })) return 'its signature is not good'
  if (kind !== USER) return 'it is not of a user'
  if (rules.revoked.certificate(certificate)) return 'it is revoked'
  const seconds = BigInt(Math.floor(rules.now.getTime() / 1000))
  if (seconds < certificate.validAfter) return 'it is not valid yet'
  if (seconds >= certificate.validBefore) return 'it is not valid any more'
  if (principals.length === 0) return 'it names no principal'
  if (principals.length > PRINCIPALS_MAX) return `it names more than ${PRINCIPALS_MAX} principals`
  for (const option of certificate.criticalOptions) {
    const reason = whyOptionRefuses(option, rules.sourceAddress)
    if (reason !== undefined) return reason
  }
  return undefined
}

function signatureAlgorithm(signature: Buffer): string {
  try {
    return new WireReader(signature).text()
  } catch {
    return ''
  }
}

/** PROTOCOL.certkeys: who does not know a critical option must refuse. */
function whyOptionRefuses({ name, data }: CriticalOption, sourceAddress: string): string | undefined {
  if (name === VERIFY_REQUIRED && data.length === 0) return undefined
  if (name === 'force-command') return 'it forces a command, and the gateway runs none'
  if (name !== 'source-address') return `it has a critical option that is not known here: ${JSON.stringify(name)}`
  return isFrom(data, sourceAddress) ? undefined : `it is not good from the address ${sourceAddress}`
}

/** `source-address`: addresses and networks separated by commas. One that is malformed lets nobody in. */
function isFrom(data: Buffer, address: string): boolean {
  try {
    const reader = new WireReader(data)
    const networks = reader.text().split(',')
    return reader.remaining === 0 && networks.every(isNetwork) && isWithin(networks, address)
  } catch {
    return false
  }
}
