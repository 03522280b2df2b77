import { stepOfCode } from './totp.ts'

/** What decides about a code beside the secret. */
export interface CodeHistory {
  /** The newest step whose code was taken; it counts once, and none before it counts any more (RFC 6238 §5.2). */
  readonly lastStep: number | undefined
  /** Wrong codes since the last right one, on all gateways together. */
  readonly wrongCodes: number
  readonly lastWrongAt: Date | undefined
}

export type CodeVerdict =
  | { readonly verdict: 'right'; readonly step: number }
  | { readonly verdict: 'wrong' }
  /** The right one, once. */
  | { readonly verdict: 'used' }
  /** Nothing is judged before: too many were wrong. */
  | { readonly verdict: 'locked'; readonly until: Date }

/** Whoever has the key guesses with three chances in a million: so many at once … */
const WRONG_CODES_FREE = 5
/** … then each wrong one costs twice the time of that before, up to an hour: once in some forty years on average. */
const FIRST_LOCK_MS = 30_000
const LONGEST_LOCK_MS = 60 * 60 * 1000

/** Judges a code that somebody typed. Pure: the caller stores what follows from it. */
export function judgeCode(secret: Uint8Array, history: CodeHistory, typed: string, now: Date): CodeVerdict {
  const until = lockedUntil(history)
  if (until !== undefined && now < until) return { verdict: 'locked', until }
  const step = stepOfCode(secret, typed, now)
  if (step === undefined) return { verdict: 'wrong' }
  return step <= (history.lastStep ?? -1) ? { verdict: 'used' } : { verdict: 'right', step }
}

function lockedUntil({ wrongCodes, lastWrongAt }: CodeHistory): Date | undefined {
  if (lastWrongAt === undefined || wrongCodes < WRONG_CODES_FREE) return undefined
  const ms = Math.min(FIRST_LOCK_MS * 2 ** (wrongCodes - WRONG_CODES_FREE), LONGEST_LOCK_MS)
  return new Date(lastWrongAt.getTime() + ms)
}

/** Somebody's proof: the code, and where it came from. */
export interface CodeTry {
  readonly staffId: string
  readonly sourceAddress: string
  readonly now: Date
  /** For how long a right one lets in without another from this address; 0: not at all. */
  readonly rememberS: number
}

/** The second factors of staff: sealed secrets, and what was proven by them. */
export interface SecondFactorStore {
  /**
   * Instead of the one the person may have; what was remembered of them is forgotten. `usedStep`: of the code that
   * confirmed it, which counts no more.
   */
  enrol(staffId: string, sealedSecret: Buffer, usedStep: number | undefined, actor: string): Promise<void>
  /** Throws `not-found` where there is none. */
  remove(staffId: string, actor: string): Promise<void>
  /** Any one, to try a master key on. */
  anySealedSecret(): Promise<{ readonly staffId: string; readonly sealedSecret: Buffer } | undefined>
  /** Whether the person proved it from this address at or after `since`. */
  wasProven(staffId: string, sourceAddress: string, since: Date): Promise<boolean>
  /**
   * Has a code judged, the tries of one person one after the other on all gateways, and stores what follows.
   * Undefined where the person has no second factor any more, or is disabled.
   */
  tryCode(
    attempt: CodeTry,
    judge: (sealedSecret: Buffer, history: CodeHistory) => CodeVerdict,
  ): Promise<CodeVerdict | undefined>
}
