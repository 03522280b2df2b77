import { isWithin } from './networks.ts'
import type { Staff } from './staff.ts'

/** Somebody who is here or wants to come in: who they are, and from where. */
export interface Visitor {
  readonly staff: Staff
  readonly sourceAddress: string
  /** `SHA256:…` of the key of theirs that let them in; undefined: a certificate did. */
  readonly ownKey?: string | undefined
  /** When their certificate ends: from then on nothing new begins. Undefined: never. */
  readonly goodUntil?: Date | undefined
}

export type OutReason = 'staff-disabled' | 'key-removed' | 'address-not-allowed'

/** Where somebody comes from and by what key; what is undefined is not judged. */
export interface Coming {
  readonly sourceAddress: string | undefined
  readonly ownKey?: string | undefined
}

/** Why a person may not be here, whatever for; undefined: they may. */
export function whyOut(staff: Staff, { sourceAddress, ownKey }: Coming): OutReason | undefined {
  if (staff.disabledAt !== undefined) return 'staff-disabled'
  if (ownKey !== undefined && !staff.fingerprints.includes(ownKey)) return 'key-removed'
  return sourceAddress === undefined || mayComeFrom(staff, sourceAddress) ? undefined : 'address-not-allowed'
}

/** Whether the certificate that let them in has ended since. */
export function isOver({ goodUntil }: Pick<Visitor, 'goodUntil'>, now: Date): boolean {
  return goodUntil !== undefined && goodUntil <= now
}

export function mayComeFrom({ from }: Staff, sourceAddress: string): boolean {
  return from.length === 0 || isWithin(from, sourceAddress)
}
