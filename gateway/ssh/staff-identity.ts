import { fingerprint } from '../access/fingerprint.ts'
import { isStaffLogin } from '../access/names.ts'
import type { Staff, StaffStore } from '../access/staff.ts'
import { mayComeFrom, type Visitor } from '../access/visitor.ts'
import type { Clock } from '../clock.ts'
import type { ElsewhereNotes } from './elsewhere-notes.ts'
import { VERIFY_REQUIRED, whyRefused } from './judge-certificate.ts'
import { readKeyTrust, type KeyTrust, type KeyTrustFiles } from './key-trust.ts'
import {
  isCertificateAlgorithm,
  readCertificate,
  withoutCertificate,
  type UserCertificate,
} from './user-certificate.ts'

/** What a client says it can sign with. */
export interface OfferedKey {
  /** Such as `rsa-sha2-512` or `ssh-ed25519-cert-v01@openssh.com`. */
  readonly algorithm: string
  /** Public key or certificate in wire form. */
  readonly blob: Buffer
  readonly sourceAddress: string
}

/** Whose a key is, and what proves it; or why it is nobody's. `undefined`: as if nobody had heard of it. */
export type Identity =
  | {
      readonly staff: Staff
      readonly algorithm: string
      readonly key: Buffer
      /** `SHA256:…` of the key where it is theirs by our list; undefined: by a certificate. */
      readonly ownKey?: string
      /** When the certificate ends; undefined: never, or none. */
      readonly goodUntil?: Date
      /** By its certificate: a FIDO key must have asked for its PIN. */
      readonly pinRequired: boolean
    }
  | { readonly refused: string }
  | undefined

export interface StaffIdentityParts {
  readonly staff: Pick<StaffStore, 'byKey' | 'byLogin'>
  readonly keyTrustFiles: KeyTrustFiles
  readonly clock: Pick<Clock, 'now'>
  readonly elsewhere: Pick<ElsewhereNotes, 'note'>
  readonly log: (line: string) => void
}

/** Who stands behind a key: its owner, or the one that an authority of ours certifies. */
export class StaffIdentity {
  readonly #parts: StaffIdentityParts

  constructor(parts: StaffIdentityParts) {
    this.#parts = parts
  }

  /** Rejects where the database does not answer. The signature is for the caller to check. */
  async whose(offered: OfferedKey): Promise<Identity> {
    if (isCertificateAlgorithm(offered.algorithm)) return this.#certified(offered)
    const { algorithm, blob: key, sourceAddress } = offered
    const staff = await this.#parts.staff.byKey(key)
    if (staff === undefined) return undefined
    if (!this.#isHere({ staff, sourceAddress }, key)) return undefined
    const trust = await this.#trust()
    if (trust === undefined || trust.revoked.key(key)) {
      return { refused: `the key ${fingerprint(key)} is ${trust === undefined ? UNJUDGED : 'revoked'}` }
    }
    return { staff, algorithm, key, ownKey: fingerprint(key), pinRequired: false }
  }

  async #certified({ algorithm, blob, sourceAddress }: OfferedKey): Promise<Identity> {
    const certificate = readCertificate(blob)
    if (certificate === undefined) return { refused: 'the certificate is damaged' }
    const trust = await this.#trust()
    if (trust === undefined) return { refused: `the certificate is ${UNJUDGED}` }
    const reason = whyRefused(certificate, { ...trust, now: this.#parts.clock.now(), sourceAddress })
    if (reason !== undefined) return { refused: `the certificate lets nobody in: ${reason}` }
    const staff = await this.#named(certificate)
    if ('refused' in staff) return staff
    if (!this.#isHere({ staff, sourceAddress }, certificate.key)) return undefined
    return {
      staff,
      algorithm: withoutCertificate(algorithm),
      key: certificate.key,
      ...(certificate.validBefore <= LATEST_S && { goodUntil: new Date(Number(certificate.validBefore) * 1000) }),
      pinRequired: certificate.criticalOptions.some(({ name }) => name === VERIFY_REQUIRED),
    }
  }

  /** The one person whose login is among the principals: others may be names of roles, or logins elsewhere. */
  async #named({ principals }: UserCertificate): Promise<Staff | { readonly refused: string }> {
    const logins = [...new Set(principals)].filter(isStaffLogin)
    const known = await Promise.all(logins.map((login) => this.#parts.staff.byLogin(login)))
    const [staff, other] = known.filter((person) => person !== undefined)
    if (staff === undefined) return { refused: 'the certificate lets nobody in: none of its principals is known here' }
    if (other !== undefined) return { refused: 'the certificate lets nobody in: its principals are several people' }
    return staff
  }

  /** A key that is offered from elsewhere is treated like one that nobody knows: whoever has it learns nothing. */
  #isHere(visitor: Visitor, key: Buffer): boolean {
    if (mayComeFrom(visitor.staff, visitor.sourceAddress)) return true
    this.#parts.elsewhere.note(visitor, key)
    return false
  }

  async #trust(): Promise<KeyTrust | undefined> {
    try {
      return await readKeyTrust(this.#parts.keyTrustFiles)
    } catch (error) {
      this.#parts.log(error instanceof Error ? error.message : String(error))
      return undefined
    }
  }
}

/** The last second that a Date can hold; ssh-keygen writes 2^64 - 1 for ever. */
const LATEST_S = 8_640_000_000_000n
const UNJUDGED = 'not judged: the list of revoked keys or of authorities cannot be read'
