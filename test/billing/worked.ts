import type { WorkedSession } from '#gateway/billing/worked-session.ts'

/** A session as read from the record: ivan at acme in Moscow, 10 minutes from 2026-11-10 10:00 local, no key pressed. */
export function worked(changes: Partial<WorkedSession> = {}): WorkedSession {
  return {
    id: 's1',
    client: 'acme',
    zone: 'Europe/Moscow',
    staff: 'ivan',
    target: 'web1.acme',
    task: undefined,
    startedAt: new Date('2026-11-10T07:00:00Z'),
    lengthMs: 600_000,
    live: false,
    endedAt: undefined,
    marksMs: [],
    ...changes,
  }
}
