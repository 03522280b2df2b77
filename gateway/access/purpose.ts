import type { Policy } from './policy.ts'

/** What a session is for: a task's number, a reason, or both; neither where nobody has said. */
export interface Purpose {
  readonly task?: string
  readonly reason?: string
}

export type PurposeRules = Pick<Policy, 'taskRequired' | 'reasonRequired'>

/** Whether something must be said first. What was enough for a session's first channel stays enough. */
export function mustSayPurpose({ taskRequired, reasonRequired }: PurposeRules, { task, reason }: Purpose): boolean {
  return (taskRequired || reasonRequired) && task === undefined && reason === undefined
}

/** What would be enough where this is not; undefined: it is. */
export type WantedPurpose = 'a task' | 'a task or a reason' | undefined

/** Judges what a session is to begin with, by the rules and whether the client has open tasks. */
export function wantedPurpose(
  { taskRequired, reasonRequired }: PurposeRules,
  { task, reason }: Purpose,
  hasOpenTasks: boolean,
): WantedPurpose {
  if (task !== undefined) return undefined
  if (taskRequired && hasOpenTasks) return 'a task'
  return (taskRequired || reasonRequired) && reason === undefined ? 'a task or a reason' : undefined
}

/** What one session is for by both; `clash` is what they contradict each other in. */
export function joinPurpose(settled: Purpose, named: Purpose): Purpose | { readonly clash: keyof Purpose } {
  for (const what of ['task', 'reason'] as const) {
    if (settled[what] !== undefined && named[what] !== undefined && settled[what] !== named[what])
      return { clash: what }
  }
  return { ...settled, ...named }
}
