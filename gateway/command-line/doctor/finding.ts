/** What one check of `gatebook doctor` found. */
export interface Finding {
  /** A word or two, such as `data directory`. */
  readonly check: string
  readonly state: 'ok' | 'warn' | 'fail'
  readonly finding: string
  /** What to do; null where nothing is. */
  readonly advice: string | null
}

export function ok(check: string, finding: string): Finding {
  return { check, state: 'ok', finding, advice: null }
}

/** It works, but not for long or not as it should. */
export function warn(check: string, finding: string, advice: string): Finding {
  return { check, state: 'warn', finding, advice }
}

/** The gateway does not start, or takes no sessions. */
export function fail(check: string, finding: string, advice: string): Finding {
  return { check, state: 'fail', finding, advice }
}
