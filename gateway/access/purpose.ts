/** What a session is for: a task's number, a reason, or both; neither where nobody has said. */
export interface Purpose {
  readonly task?: string
  readonly reason?: string
}

/** What one session is for by both; `clash` is what they contradict each other in. */
export function joinPurpose(settled: Purpose, named: Purpose): Purpose | { readonly clash: keyof Purpose } {
  for (const what of ['task', 'reason'] as const) {
    if (settled[what] !== undefined && named[what] !== undefined && settled[what] !== named[what])
      return { clash: what }
  }
  return { ...settled, ...named }
}
