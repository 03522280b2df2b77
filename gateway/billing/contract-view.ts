import type { ContractView } from '#shared/contract.ts'
import type { Contract } from './contract.ts'

/** A contract as the API and `--json` show it. */
export function contractView({ enteredAt, ...rest }: Contract): ContractView {
  return { ...rest, enteredAt: enteredAt.toISOString() }
}
