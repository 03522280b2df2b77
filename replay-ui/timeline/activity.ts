/** How finely the map of a replay is drawn. */
const BUCKETS = 120

/** Keys pressed in each 120th of the replay as a share of the busiest one, 0 to 1. */
export function activity(keysAtS: readonly number[], durationS: number): readonly number[] {
  const counts = Array.from({ length: BUCKETS }, () => 0)
  for (const atS of keysAtS) {
    const bucket = Math.min(BUCKETS - 1, Math.floor((atS / durationS) * BUCKETS))
    counts[bucket] = (counts[bucket] ?? 0) + 1
  }
  const busiest = Math.max(1, ...counts)
  return counts.map((count) => count / busiest)
}
