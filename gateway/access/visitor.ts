import { isWithin } from './networks.ts'
import type { Staff } from './staff.ts'

/** Somebody who is here or wants to come in: who they are, and from where. */
export interface Visitor {
  readonly staff: Staff
  readonly sourceAddress: string
}

export type OutReason = 'staff-disabled' | 'address-not-allowed'

/** Why a person may not be here, whatever for; undefined: they may. `sourceAddress` undefined: from wherever they may. */
export function whyOut(staff: Staff, sourceAddress: string | undefined): OutReason | undefined {
  if (staff.disabledAt !== undefined) return 'staff-disabled'
  return sourceAddress === undefined || mayComeFrom(staff, sourceAddress) ? undefined : 'address-not-allowed'
}

export function mayComeFrom({ from }: Staff, sourceAddress: string): boolean {
  return from.length === 0 || isWithin(from, sourceAddress)
}
