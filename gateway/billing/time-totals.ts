import type { Line } from './lines.ts'

/** The minutes of one client: sums of its printed lines, never rounded again. */
export interface ClientTotal {
  readonly client: string
  readonly minutes: number
  readonly charged: number
}

/** The totals of lines by client, in the order the clients first appear. */
export function totalsOf(lines: readonly Pick<Line, 'client' | 'minutes' | 'charged'>[]): ClientTotal[] {
  const totals = new Map<string, ClientTotal>()
  for (const { client, minutes, charged } of lines) {
    const sum = totals.get(client) ?? { client, minutes: 0, charged: 0 }
    totals.set(client, { client, minutes: sum.minutes + minutes, charged: sum.charged + charged })
  }
  return [...totals.values()]
}
