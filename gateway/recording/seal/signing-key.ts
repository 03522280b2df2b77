import type { KeySigner, Signer, StatementKind } from './statement.ts'

/**
 * The key a gateway signs with now. Another takes its place each day, but never between the signing of a statement and
 * its place in the log: behind the entry of its successor a key signs nothing (`KeyRing`).
 */
export class SigningKey implements Signer {
  readonly #settle: () => Promise<KeySigner>
  #signer: KeySigner
  #holders = 0
  #changing: Promise<void> | undefined
  #unsettled = false
  #free: (() => void) | undefined

  /** `settle` finds out which key is in use, after a change of which nobody knows how it ended. */
  constructor(signer: KeySigner, settle: () => Promise<KeySigner>) {
    this.#signer = signer
    this.#settle = settle
  }

  get keyId(): string {
    return this.#signer.keyId
  }

  get since(): Date {
    return this.#signer.since
  }

  sign(kind: StatementKind, payload: object): string {
    return this.#signer.sign(kind, payload)
  }

  /** The key stays the same while this work runs, from signing to storing. Throws what `settle` throws. */
  async hold<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#changing !== undefined) await this.#changing
    if (this.#unsettled) await this.#change(this.#settle)
    this.#holders++
    try {
      return await work()
    } finally {
      this.#holders--
      if (this.#holders === 0) this.#free?.()
    }
  }

  /** Waits until nobody holds the key, and lets nobody have it until `work` has made the next one good, or failed. */
  async replace(work: () => Promise<KeySigner>): Promise<void> {
    while (this.#holders > 0 || this.#changing !== undefined) {
      await (this.#changing ?? new Promise<void>((resolve) => (this.#free = resolve)))
    }
    await this.#change(work)
  }

  async #change(work: () => Promise<KeySigner>): Promise<void> {
    this.#unsettled = true
    const done = work().then((signer) => {
      this.#signer = signer
      this.#unsettled = false
    })
    this.#changing = done.catch(() => undefined).finally(() => (this.#changing = undefined))
    await done
  }
}
