import type { Vault } from './seal.ts'
import { totpSecretContext } from './secret-context.ts'

/** Seals the secret of a person's second factor. */
export function sealTotpSecret(vault: Vault, staffId: string, secret: Uint8Array): Buffer {
  return vault.seal(secret, totpSecretContext(staffId))
}

/** The secret; the caller zeroes it after use. Throws `master-key` where the vault cannot open it. */
export function openTotpSecret(vault: Vault, staffId: string, sealed: Uint8Array): Buffer {
  return vault.open(sealed, totpSecretContext(staffId))
}
