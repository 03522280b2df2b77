import { decide, type AccessFacts } from './decision.ts'

/** Whether a person finds the target in a list: all that grants allow, whatever has become of the support key. */
export function isListed(facts: AccessFacts, now: Date): boolean {
  const decision = decide(facts, { login: facts.target.login, sourceAddress: undefined }, now)
  if (decision.verdict === 'allow') return true
  return decision.reason === 'no-support-key' || decision.reason.startsWith('support-key-')
}
