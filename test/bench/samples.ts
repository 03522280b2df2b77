import type { Peer } from './peers.ts'

/** What one figure came to, per peer: the n-th entries of two peers were measured one right after the other. */
export type Samples = ReadonlyMap<string, readonly number[]>

/** The value below which `percent` of the values are, interpolated. `values` must not be empty. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = ((sorted.length - 1) * percent) / 100
  const [low, high] = [sorted[Math.floor(rank)] ?? Number.NaN, sorted[Math.ceil(rank)] ?? Number.NaN]
  return low + (high - low) * (rank - Math.floor(rank))
}

/** How many times as much as `base`: for a median, of the pairs, which a burst of noise touches alike. */
export function ratio(values: readonly number[], base: readonly number[], percent: number): number {
  if (percent !== 50) return percentile(values, percent) / percentile(base, percent)
  return percentile(
    values.map((value, index) => value / (base[index] ?? Number.NaN)),
    50,
  )
}

/** Items that are measured in rounds A B C, B C A, …, so that a noisy machine touches all alike. */
export function rotated<Item>(items: readonly Item[], round: number): Item[] {
  const first = round % items.length
  return [...items.slice(first), ...items.slice(0, first)]
}

/** Measures everybody `repetitions` times in turn, after one round to warm up that does not count. */
export async function interleaved(
  peers: readonly Peer[],
  repetitions: number,
  measure: (peer: Peer) => Promise<number>,
): Promise<Samples> {
  const samples = new Map(peers.map(({ name }) => [name, [] as number[]]))
  for (let round = 0; round <= repetitions; round++) {
    for (const peer of rotated(peers, round)) {
      const value = await measure(peer)
      if (round > 0) samples.get(peer.name)?.push(value)
      await peer.gateway?.settled()
    }
  }
  return samples
}
