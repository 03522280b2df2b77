import type { ContractTerms } from '#shared/contract.ts'
import type { StatementBody } from '#shared/statement.ts'
import { firstDay, lastDay, monthsLater, nextMonth } from './month-range.ts'
import { drawFromPackage, type PackageLine, type PackageUse, type Pool } from './package.ts'

/** What a month draws from and what it draws. */
export interface MonthUse {
  readonly month: string
  /** Undefined: nothing is agreed, there is no package. */
  readonly contract: { readonly validFrom: string; readonly terms: ContractTerms } | undefined
  /** From the months before. */
  readonly carriedIn: readonly Pool[]
  readonly lines: readonly PackageLine[]
  readonly corrections: readonly { readonly ref: string; readonly minutes: number }[]
}

export interface MonthBalance {
  readonly use: PackageUse
  readonly balance: StatementBody['balance']
  /** What the months behind may still use. */
  readonly carriedOut: readonly Pool[]
}

/**
 * Draws a month from its package and what earlier months left. Corrections for closed months come first: minutes
 * to pay as work of the first day, minutes given back as a pool of this month.
 */
export function balanceMonth(month: MonthUse): MonthBalance {
  const { contract, carriedIn } = month
  const own = contract === undefined ? [] : [periodPool(month.month, contract)]
  const credits = month.corrections.filter(({ minutes }) => minutes < 0).map((each) => creditPool(month.month, each))
  const pools = [...carriedIn, ...own, ...credits]
  const agreed = contract?.terms.overage === 'agreed' ? Number.MAX_SAFE_INTEGER : 0
  const late = month.corrections.filter(({ minutes }) => minutes > 0).map((each) => lateLine(month.month, each))
  const use = drawFromPackage(pools, [...late, ...month.lines], agreed)
  const carriedOut = carriedOver(month, pools, use)
  const left = sum([...use.left.values()])
  const carriesOver = sum(carriedOut.map(({ minutes }) => minutes))
  return {
    use,
    carriedOut,
    balance: {
      carriedIn: sum(carriedIn.map(({ minutes }) => minutes)),
      included: sum(own.map(({ minutes }) => minutes)),
      credited: sum(credits.map(({ minutes }) => minutes)),
      used: sum(use.lines.map(({ covered }) => covered)),
      left,
      lapses: left - carriesOver,
      carriesOver,
      overageAgreed: sum(use.lines.map(({ overageApproved }) => overageApproved)),
      overagePending: sum(use.lines.map(({ overagePending }) => overagePending)),
    },
  }
}

/** The package covers work from the day on which the contract begins. */
function periodPool(month: string, { validFrom, terms }: NonNullable<MonthUse['contract']>): Pool {
  const first = firstDay(month)
  return {
    id: month,
    kind: 'period',
    minutes: terms.packageMinutes,
    validFrom: validFrom > first ? validFrom : first,
    validTo: lastDay(month),
  }
}

function creditPool(month: string, { ref, minutes }: { readonly ref: string; readonly minutes: number }): Pool {
  const days = { validFrom: firstDay(month), validTo: lastDay(month) }
  return { id: `credit-${ref}`, kind: 'rollover', minutes: -minutes, ...days }
}

function lateLine(month: string, { minutes }: { readonly minutes: number }): PackageLine {
  return { day: firstDay(month), at: '', staff: '', task: null, minutes }
}

/** Unused minutes of the month up to the cap, and what is left of longer ones. */
function carriedOver({ month, contract }: MonthUse, pools: readonly Pool[], { left }: PackageUse): Pool[] {
  const end = lastDay(month)
  const rollover = contract?.terms.rollover
  return pools.flatMap((pool): Pool[] => {
    const unused = left.get(pool.id)!
    if (pool.validTo > end) return unused === 0 ? [] : [{ ...pool, minutes: unused }]
    if (pool.kind !== 'period' || !rollover || unused === 0) return []
    return [
      {
        id: `rollover-${month}`,
        kind: 'rollover',
        minutes: Math.min(unused, rollover.capMinutes),
        validFrom: firstDay(nextMonth(month)),
        validTo: lastDay(monthsLater(month, rollover.months)),
      },
    ]
  })
}

function sum(minutes: readonly number[]): number {
  return minutes.reduce((total, each) => total + each, 0)
}
