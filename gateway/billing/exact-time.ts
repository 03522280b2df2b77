/** A sum of milliseconds, some of them equal shares, kept as a fraction: no float touches a bill. */
export class ExactTime {
  #wholeMs = 0
  /** Shared milliseconds by the number of those who share them. */
  readonly #sharedMs = new Map<number, number>()

  add(ms: number, among: number): void {
    if (among === 1) this.#wholeMs += ms
    else this.#sharedMs.set(among, (this.#sharedMs.get(among) ?? 0) + ms)
  }

  /** Whole milliseconds; what is left of one is dropped, or counts as one more when rounding `up`. */
  milliseconds(rounding: 'up' | 'down'): number {
    let [numerator, denominator] = [0n, 1n]
    for (const [among, ms] of this.#sharedMs) {
      numerator = numerator * BigInt(among) + BigInt(ms) * denominator
      denominator *= BigInt(among)
    }
    const started = rounding === 'up' ? denominator - 1n : 0n
    return this.#wholeMs + Number((numerator + started) / denominator)
  }
}
