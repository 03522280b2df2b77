import { equalShares } from './equal-shares.ts'
import { focus } from './focus.ts'
import type { MarkedSpan } from './mark-runs.ts'
import type { MeasuredSession } from './measured-session.ts'
import type { Stretch, TakeLiveTime } from './stretch.ts'
import type { TimePolicy } from './time-policy.ts'

/**
 * The live time of the sessions, each instant given to those who pay for it under the policy. Sessions come
 * in the order of their opening, each id once: of two marks at one instant the later session's wins.
 */
export function liveTime(sessions: readonly MeasuredSession[], policy: TimePolicy, take: TakeLiveTime): void {
  if (policy.acrossStaff === 'union') return billedOnce(stretchesOf(sessions, policy), take)
  if (policy.acrossClients !== 'split') return ownedTime(sessions, policy, (...owned) => take(...owned, 1))
  for (const ofPerson of groups(sessions, (session) => session.staff)) {
    const perClient = groups(ofPerson, (session) => session.client).map((ofClient) => stretchesOf(ofClient, policy))
    equalShares(perClient, take)
  }
}

type TakeOwnedTime = (session: MeasuredSession, from: number, to: number) => void

function ownedTime(sessions: readonly MeasuredSession[], policy: TimePolicy, take: TakeOwnedTime): void {
  for (const rivals of groups(sessions, rivalry(policy))) focus(rivals, take)
}

/** What sessions have in common when only one of them can have an instant. */
function rivalry(policy: TimePolicy): (session: MeasuredSession) => string {
  if (!policy.merge) return (session) => session.id
  if (policy.acrossClients === 'focus') return (session) => session.staff
  return (session) => JSON.stringify([session.staff, session.client])
}

function stretchesOf(sessions: readonly MeasuredSession[], policy: TimePolicy): Stretch[] {
  const stretches: Stretch[] = []
  ownedTime(sessions, policy, (session, from, to) => stretches.push({ session, from, to }))
  return stretches
}

/** Bills each instant of a client once: where several people were live for it, the stretch that began last has it. */
export function billedOnce(stretches: readonly Stretch[], take: TakeLiveTime): void {
  const spans = stretches.map(({ session, from, to }): MarkedSpan & { session: MeasuredSession } => ({
    session,
    start: from,
    end: to,
    marks: [0],
    graceMs: Infinity,
  }))
  for (const ofClient of groups(spans, (span) => span.session.client)) {
    focus(ofClient, ({ session }, from, to) => take(session, from, to, 1))
  }
}

function groups<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const byKey = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = byKey.get(key)
    if (group === undefined) byKey.set(key, [item])
    else group.push(item)
  }
  return [...byKey.values()]
}
