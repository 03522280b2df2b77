import type { Client } from './client.ts'
import type { Grant } from './grant.ts'
import type { Policy, UnreadablePolicy } from './policy.ts'
import type { Staff } from './staff.ts'
import type { SupportKeyState } from './support-key.ts'
import type { Target } from './target.ts'
import { whyOut, type Coming, type OutReason } from './visitor.ts'

/** What the decision rests on: read from the database in one query, at sign-in and at every change. */
export interface AccessFacts {
  readonly staff: Staff
  readonly client: Client
  readonly target: Target
  readonly targetRemoved: boolean
  /** Undefined: no key was ever issued. */
  readonly supportKey: { readonly id: string; readonly state: SupportKeyState; readonly changedBy: string } | undefined
  /** Every grant of this person that names this client, ended ones included. */
  readonly grants: readonly Grant[]
  /** What holds for this target, with all defaults. */
  readonly policy: Policy | UnreadablePolicy
}

export type Denial =
  | OutReason
  | 'no-role'
  | 'target-removed'
  | 'no-grant'
  | 'grant-ended'
  | 'policy-unreadable'
  | 'login-not-allowed'
  | 'no-support-key'
  | 'support-key-paused'
  | 'support-key-revoked'

export type Decision =
  /** `until` undefined: nothing ends the right by itself. */
  | {
      readonly verdict: 'allow'
      readonly supportKeyId: string
      readonly until: Date | undefined
      readonly policy: Policy
    }
  | { readonly verdict: 'deny'; readonly reason: Denial }

/** What somebody wants to do. */
export interface Asked extends Coming {
  /** On the target. */
  readonly login: string
}

/** May this person work so on this target now? Pure: the caller brings the facts and the time. */
export function decide(facts: AccessFacts, asked: Asked, now: Date): Decision {
  const { staff, target, supportKey, policy } = facts
  const { login } = asked
  const out = whyOut(staff, asked)
  if (out !== undefined) return deny(out)
  if (!staff.roles.includes('engineer') && !staff.roles.includes('admin')) return deny('no-role')
  if (facts.targetRemoved) return deny('target-removed')
  const grants = facts.grants.filter((grant) => grant.targetId === undefined || grant.targetId === target.id)
  if (grants.length === 0) return deny('no-grant')
  const running = grants.filter((grant) => isRunning(grant, now))
  if (running.length === 0) return deny('grant-ended')
  if ('unreadable' in policy) return deny('policy-unreadable')
  if (login !== target.login && !target.logins.includes(login)) return deny('login-not-allowed')
  if (supportKey === undefined) return deny('no-support-key')
  if (supportKey.state === 'paused') return deny('support-key-paused')
  if (supportKey.state !== 'active') return deny('support-key-revoked')
  return { verdict: 'allow', supportKeyId: supportKey.id, until: lastEnd(running), policy }
}

function lastEnd(grants: readonly Grant[]): Date | undefined {
  const ends = grants.map(({ until }) => until?.getTime() ?? Infinity)
  const last = Math.max(...ends)
  return last === Infinity ? undefined : new Date(last)
}

function isRunning(grant: Grant, now: Date): boolean {
  return grant.revokedAt === undefined && (grant.until === undefined || now < grant.until)
}

function deny(reason: Denial): Decision {
  return { verdict: 'deny', reason }
}

/** Where the facts come from, and how a gateway hears that they may have changed. */
export interface AccessSource {
  /** Undefined when there is no such person or target. */
  facts(staffId: string, targetId: string): Promise<AccessFacts | undefined>
  /** Of every target at whose client this person has or had a grant, by client and name; removed targets left out. */
  grantedFacts(staffId: string): Promise<readonly AccessFacts[]>
  /**
   * Calls back after any change to staff, keys, grants, policies or targets, within milliseconds of its commit,
   * and also after a lost connection came back, when a change may have been missed.
   */
  onChange(listener: () => void): void
}
