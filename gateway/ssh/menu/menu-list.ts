import type { AccessFacts } from '../../access/decision.ts'
import type { Client } from '../../access/client.ts'
import { isListed } from '../../access/is-listed.ts'
import { fullTargetName } from '../../access/names.ts'
import type { SupportKeyState } from '../../access/support-key.ts'
import { type Contract, contractOf } from '../../billing/contract.ts'
import { monthOf } from '../../billing/month-range.ts'

/** What is known beside the facts: `lastSessions` by the target's id, `contracts` of all clients. */
export interface MenuNews {
  readonly lastSessions: ReadonlyMap<string, Date>
  readonly contracts: readonly Contract[]
  readonly now: Date
}

/** One target as the menu shows it to one person. */
export interface MenuRow {
  /** Full name, `web1.acme`. */
  readonly target: string
  /** The client's name, such as `Acme Ltd`. */
  readonly client: string
  readonly key: SupportKeyState | 'none'
  /** Minutes of this month that the client has paid ahead; undefined: nothing is agreed. */
  readonly packageMinutes: number | undefined
  /** When this person last began to work there. */
  readonly lastSession: Date | undefined
  /** As the target's owner wrote them, control characters included. */
  readonly notes: string
  /** What the filter looks in, without capitals. */
  readonly text: string
}

/** The targets a person may find, those they worked on last first. */
export function menuRows(
  facts: readonly AccessFacts[],
  { lastSessions, contracts, now }: MenuNews,
): readonly MenuRow[] {
  return facts
    .filter((each) => isListed(each, now))
    .map(({ target, client, supportKey }) =>
      menuRow(fullTargetName(target), {
        client: client.name,
        key: supportKey?.state ?? 'none',
        packageMinutes: packageOf(client, contracts, now),
        lastSession: lastSessions.get(target.id),
        notes: target.notes,
      }),
    )
    .toSorted(
      (one, other) =>
        (other.lastSession?.getTime() ?? 0) - (one.lastSession?.getTime() ?? 0) || (one.target < other.target ? -1 : 1),
    )
}

function packageOf({ slug, zone }: Client, contracts: readonly Contract[], now: Date): number | undefined {
  const own = contracts.filter(({ client }) => client === slug)
  return contractOf(own, monthOf(now.getTime(), zone))?.terms.packageMinutes
}

/** A row of which everything is known but what the filter looks in. */
export function menuRow(target: string, about: Omit<MenuRow, 'target' | 'text'>): MenuRow {
  return { target, ...about, text: `${target}\n${about.client}\n${about.notes}`.toLowerCase() }
}

/** The rows in whose target, client or notes every word of the filter occurs, capitals or not. */
export function matchingRows(rows: readonly MenuRow[], filter: string): readonly MenuRow[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return rows
  return rows.filter(({ text }) => words.every((word) => text.includes(word)))
}
