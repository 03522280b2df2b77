import { compareText } from './code-unit-order.ts'

/** Prepaid minutes that work of some days draws from. */
export interface Pool {
  readonly id: string
  readonly kind: 'rollover' | 'period' | 'block'
  readonly minutes: number
  /** Local dates, both included. */
  readonly validFrom: string
  readonly validTo: string
}

/** The minutes of a printed line, as a package sees them. */
export interface PackageLine {
  readonly day: string
  /** When the first work began, as a text that sorts by time: `10:00`, or an instant in UTC. */
  readonly at: string
  readonly staff: string
  readonly task: string | null
  readonly minutes: number
}

/** A line with the prepaid minutes it drew, by pool, and those beyond the package. */
interface CoveredLine {
  readonly line: PackageLine
  readonly covered: number
  readonly draw: ReadonlyMap<string, number>
  readonly overageApproved: number
  /** Waits for the client's consent; not invoiced. */
  readonly overagePending: number
}

export interface PackageUse {
  /** In order of work. */
  readonly lines: readonly CoveredLine[]
  /** Unused minutes of every pool, also of those that lapsed. */
  readonly left: ReadonlyMap<string, number>
}

const ORDER_OF_KINDS = ['rollover', 'period', 'block'] as const

/**
 * Draws lines from pools in order of work, each line from what lapses soonest. What no pool covers is overage:
 * the first `approvedOverage` minutes of it approved, the rest pending.
 */
export function drawFromPackage(
  pools: readonly Pool[],
  lines: readonly PackageLine[],
  approvedOverage: number,
): PackageUse {
  const left = new Map(pools.map((pool) => [pool.id, pool.minutes]))
  const soonestFirst = pools.toSorted(inOrderOfDrawing)
  let approvedLeft = approvedOverage
  const covered = lines.toSorted(inOrderOfWork).map((line): CoveredLine => {
    const draw = new Map<string, number>()
    let open = line.minutes
    for (const pool of soonestFirst) {
      const taken = isValid(pool, line.day) ? Math.min(open, left.get(pool.id)!) : 0
      if (taken === 0) continue
      draw.set(pool.id, taken)
      left.set(pool.id, left.get(pool.id)! - taken)
      open -= taken
    }
    const overageApproved = Math.min(open, approvedLeft)
    approvedLeft -= overageApproved
    return { line, covered: line.minutes - open, draw, overageApproved, overagePending: open - overageApproved }
  })
  return { lines: covered, left }
}

function isValid(pool: Pool, day: string): boolean {
  return pool.validFrom <= day && day <= pool.validTo
}

function inOrderOfDrawing(a: Pool, b: Pool): number {
  return (
    compareText(a.validTo, b.validTo) ||
    ORDER_OF_KINDS.indexOf(a.kind) - ORDER_OF_KINDS.indexOf(b.kind) ||
    compareText(a.id, b.id)
  )
}

function inOrderOfWork(a: PackageLine, b: PackageLine): number {
  return (
    compareText(a.day, b.day) ||
    compareText(a.at, b.at) ||
    compareText(a.staff, b.staff) ||
    compareText(a.task ?? '', b.task ?? '')
  )
}
