import type { Stretch, TakeLiveTime } from './stretch.ts'

/** Shares each instant equally among the clients live in it. Takes, per client, stretches that ascend and never overlap. */
export function equalShares(perClient: readonly (readonly Stretch[])[], take: TakeLiveTime): void {
  const borders = new Set(perClient.flat().flatMap(({ from, to }) => [from, to]))
  const ascending = Float64Array.from(borders).toSorted()
  const passed = perClient.map(() => 0)
  for (const [place, from] of ascending.subarray(0, -1).entries()) {
    const live = perClient.flatMap((stretches, client) => {
      while (stretches[passed[client]!] !== undefined && stretches[passed[client]!]!.to <= from) passed[client]! += 1
      const stretch = stretches[passed[client]!]
      return stretch !== undefined && stretch.from <= from ? [stretch.session] : []
    })
    for (const session of live) take(session, from, ascending[place + 1]!, live.length)
  }
}
