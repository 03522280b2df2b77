import { fingerprint } from '../access/fingerprint.ts'
import { parsePublicKeyLine } from '../access/public-key-line.ts'
import { GatewayError } from '../errors.ts'
import type { UserCertificate } from './user-certificate.ts'

interface SerialRange {
  readonly from: bigint
  readonly to: bigint
}

/** What lets nobody in any more, whatever else says so. */
export class RevokedKeys {
  readonly #fingerprints = new Set<string>()
  readonly #keyIds = new Set<string>()
  readonly #serials: SerialRange[] = []

  /**
   * Each line is a public key, its `SHA256:` fingerprint, or, for certificates, `serial: 17`, `serial: 17-20` or
   * `id: KEY-ID` as in the file of `ssh-keygen -k`. Empty lines and `#` are passed over. Throws `bad-input`.
   */
  constructor(text: string) {
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      const entry = line.trim()
      if (entry !== '' && !entry.startsWith('#')) this.#add(entry, index + 1)
    }
  }

  /** A key in plain wire form, of a person or of an authority. */
  key(blob: Buffer): boolean {
    return this.#fingerprints.has(fingerprint(blob))
  }

  /** By its key, its authority, its serial number or its key ID. */
  certificate({ key, authority, serial, keyId }: UserCertificate): boolean {
    if (this.key(key) || this.key(authority) || this.#keyIds.has(keyId)) return true
    return this.#serials.some(({ from, to }) => from <= serial && serial <= to)
  }

  #add(entry: string, lineNumber: number): void {
    const serial = /^serial:\s*(\d{1,20})(?:\s*-\s*(\d{1,20}))?$/i.exec(entry)
    const keyId = /^id:\s*(.+)$/i.exec(entry)?.[1]
    if (serial?.[1] !== undefined) {
      const from = BigInt(serial[1])
      this.#serials.push({ from, to: BigInt(serial[2] ?? from) })
    } else if (keyId !== undefined) this.#keyIds.add(keyId)
    else if (/^SHA256:[A-Za-z0-9+/]{43}$/.test(entry)) this.#fingerprints.add(entry)
    else this.#fingerprints.add(fingerprint(publicKey(entry, lineNumber)))
  }
}

function publicKey(entry: string, lineNumber: number): Buffer {
  try {
    return parsePublicKeyLine(entry).blob
  } catch (cause) {
    const message = `line ${lineNumber} of the revoked keys is no key, fingerprint, serial number or key ID`
    throw new GatewayError('bad-input', message, 'README.md shows what a line may be', cause)
  }
}
