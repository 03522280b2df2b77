import type { FidoFlags } from './signature.ts'

/** What a FIDO key must have seen before it signs; for other keys they say nothing. */
export interface FidoRules {
  readonly fidoTouchRequired: boolean
  readonly fidoPinRequired: boolean
}

/** Why the signature of a FIDO key is not enough, in words for its owner; undefined: it is. */
export function whyNotEnough(flags: FidoFlags, rules: FidoRules): string | undefined {
  if (rules.fidoTouchRequired && !flags.touched) return 'your security key must be touched to sign in'
  if (rules.fidoPinRequired && !flags.verified) {
    return 'your security key must ask for its PIN; make such a key with: ssh-keygen -t ed25519-sk -O verify-required'
  }
  return undefined
}
