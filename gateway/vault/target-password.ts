import type { Vault } from './seal.ts'
import { targetPasswordContext } from './secret-context.ts'

/** Seals the password of a target, named in full (`web1.acme`). */
export function sealTargetPassword(vault: Vault, target: string, password: Uint8Array): Buffer {
  return vault.seal(password, targetPasswordContext(target))
}

/** The password; the caller zeroes it after use. Throws `master-key` where the vault cannot open it. */
export function openTargetPassword(vault: Vault, target: string, sealed: Uint8Array): Buffer {
  return vault.open(sealed, targetPasswordContext(target))
}
