import type { ContractTerms } from '#shared/contract.ts'
import { lastDay } from './month-range.ts'
import type { PolicyOf } from './time-report.ts'
import { type LineKey, standardPolicy, type TimePolicy } from './time-policy.ts'

/** The terms that hold for a client from a day on, until others do. */
export interface Contract {
  /** Slug. */
  readonly client: string
  /** A local date of the client. */
  readonly validFrom: string
  readonly terms: ContractTerms
  readonly enteredAt: Date
  readonly enteredBy: string
}

export interface ContractStore {
  /** Of all clients, or of one, in order of `validFrom`: of those entered for one day the newest. */
  list(client?: string): Promise<readonly Contract[]>
  /**
   * Appends. Throws `not-found`, `bad-input` where the day is none on which terms can change, and `conflict` where that
   * would touch a closed month.
   */
  enter(client: string, entry: Pick<Contract, 'validFrom' | 'terms'>, actor: string): Promise<Contract>
}

/** The one contract that a whole month is counted by: the newest that begins in it or before. */
export function contractOf(contracts: readonly Contract[], month: string): Contract | undefined {
  const end = lastDay(month)
  return contracts.findLast(({ validFrom }) => validFrom <= end)
}

/** How each client's months are counted; without a contract by the standard policy. */
export function policiesOf(contracts: readonly Contract[]): PolicyOf {
  const policies = new Map<Contract | undefined, TimePolicy>(contracts.map((each) => [each, timePolicy(each.terms)]))
  const known = new Map<string, TimePolicy>()
  return (client, month) => {
    const key = `${client} ${month}`
    let policy = known.get(key)
    if (policy === undefined) {
      const ofClient = contracts.filter((each) => each.client === client)
      policy = policies.get(contractOf(ofClient, month)) ?? standardPolicy
      known.set(key, policy)
    }
    return policy
  }
}

const lineOfScope: Record<ContractTerms['scope'], readonly LineKey[]> = {
  line: ['day', 'staff', 'task'],
  day: ['day'],
  task: ['task'],
  period: ['month'],
  session: ['session'],
}

function timePolicy(terms: ContractTerms): TimePolicy {
  const { graceMs, stepMinutes, mode, minimumMinutes, acrossStaff, afterHours, scope } = terms
  return {
    ...standardPolicy,
    graceMs,
    stepMinutes,
    mode,
    minimumMinutes,
    acrossStaff,
    line: afterHours === null ? lineOfScope[scope] : [...lineOfScope[scope], 'band'],
    afterHours: afterHours ?? undefined,
  }
}
