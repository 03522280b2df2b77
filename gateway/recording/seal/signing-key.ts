import type { Signer, StatementKind } from './statement.ts'

/**
 * The key a gateway signs with now. Another takes its place each day, but never between the signing of a statement and
 * its place in the log: behind the entry of its successor a key signs nothing (`KeyRing`).
 */
export class SigningKey implements Signer {
  #signer: Signer & { readonly keyId: string }
  #holders = 0
  #replacing: Promise<void> | undefined
  #free: (() => void) | undefined

  constructor(signer: Signer & { readonly keyId: string }) {
    this.#signer = signer
  }

  get keyId(): string {
    return this.#signer.keyId
  }

  sign(kind: StatementKind, payload: object): string {
    return this.#signer.sign(kind, payload)
  }

  /** The key stays the same while this work runs, from signing to storing. */
  async hold<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#replacing !== undefined) await this.#replacing
    this.#holders++
    try {
      return await work()
    } finally {
      this.#holders--
      if (this.#holders === 0) this.#free?.()
    }
  }

  /** Waits until nobody holds the key, and lets nobody have it until `work` has made the next one good. */
  async replace(work: () => Promise<Signer & { readonly keyId: string }>): Promise<void> {
    while (this.#holders > 0) await new Promise<void>((resolve) => (this.#free = resolve))
    const done = work().then((next) => {
      this.#signer = next
    })
    this.#replacing = done.catch(() => undefined)
    try {
      await done
    } finally {
      this.#replacing = undefined
    }
  }
}
