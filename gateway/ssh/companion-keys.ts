/** More agents than any team has; some 100 bytes each. */
const KEYS_MAX = 4096

/**
 * Fingerprints of unknown keys that stood in an agent beside a good one: offering them again deserves no lecture.
 * Those offered longest ago are forgotten first, for whoever is let in may offer others each time.
 */
export class CompanionKeys {
  readonly #prints = new Set<string>()

  has(print: string): boolean {
    return this.#prints.has(print)
  }

  add(print: string): void {
    this.#prints.delete(print)
    this.#prints.add(print)
    if (this.#prints.size <= KEYS_MAX) return
    const [oldest = ''] = this.#prints
    this.#prints.delete(oldest)
  }
}
