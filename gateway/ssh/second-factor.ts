import { judgeCode, type CodeVerdict, type SecondFactorStore } from '../access/second-factor.ts'
import type { Visitor } from '../access/visitor.ts'
import type { Clock } from '../clock.ts'
import { openTotpSecret } from '../vault/totp-secret.ts'
import type { Vault } from '../vault/seal.ts'

export interface SecondFactorParts {
  readonly store: Pick<SecondFactorStore, 'wasProven' | 'tryCode'>
  readonly vault: Vault
  readonly clock: Pick<Clock, 'now'>
  /** For how long a code lets in without another from the same address; 0: not at all. */
  readonly totpRememberS: number
  /** Whether nobody comes in by a key alone. */
  readonly totpRequired: boolean
  readonly log: (line: string) => void
}

/** What is asked of somebody beside the key. `missing`: what they do not have. */
export type SecondFactorDemand = 'nothing' | 'a code' | 'missing'

/** The second factor at the door: TOTP (RFC 6238), enrolled with `gatebook staff totp`. */
export class SecondFactor {
  readonly #parts: SecondFactorParts

  constructor(parts: SecondFactorParts) {
    this.#parts = parts
  }

  /** Rejects where the database does not answer. */
  async demand({ staff, sourceAddress }: Visitor): Promise<SecondFactorDemand> {
    const { store, clock, totpRememberS, totpRequired } = this.#parts
    if (staff.totpSince === undefined) return totpRequired ? 'missing' : 'nothing'
    if (totpRememberS === 0) return 'a code'
    const since = new Date(clock.now().getTime() - totpRememberS * 1000)
    return (await store.wasProven(staff.id, sourceAddress, since)) ? 'nothing' : 'a code'
  }

  /** Undefined: the code was right, and counts no more. Else why not. Rejects where the database does not answer. */
  async whyNot({ staff, sourceAddress }: Visitor, typed: string): Promise<string | undefined> {
    const { store, vault, clock, totpRememberS, log } = this.#parts
    const now = clock.now()
    const attempt = { staffId: staff.id, sourceAddress, now, rememberS: totpRememberS }
    const verdict = await store.tryCode(attempt, (sealedSecret, history) => {
      const secret = openTotpSecret(vault, staff.id, sealedSecret)
      try {
        return judgeCode(secret, history, typed, now)
      } finally {
        secret.fill(0)
      }
    })
    if (verdict?.verdict === 'right') return undefined
    const why = verdict === undefined ? 'the second factor is gone; connect again' : explain(verdict, now)
    log(`${staff.login} from ${sourceAddress} gave a code in vain: ${why}`)
    return why
  }
}

function explain(verdict: Exclude<CodeVerdict, { verdict: 'right' }>, now: Date): string {
  switch (verdict.verdict) {
    case 'wrong':
      return 'that code is wrong; if the next one is too, set the clock of the device that shows it'
    case 'used':
      return 'that code was used already; wait for the next one'
    case 'locked': {
      const seconds = Math.ceil((verdict.until.getTime() - now.getTime()) / 1000)
      return `too many wrong codes; no code is taken for the next ${seconds} s`
    }
  }
}
