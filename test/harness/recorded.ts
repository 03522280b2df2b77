import { expect, vi } from 'vitest'
import type { RecordedEvent } from '#gateway/recording/event.ts'
import type { SessionSummary } from '#gateway/session/session.ts'
import type { TestGateway } from './gateway.ts'

type Stores = Pick<TestGateway, 'stores'>

/** The newest session, when it is over and everything of it is in PostgreSQL. */
export async function newestEndedSession({ stores }: Stores): Promise<SessionSummary> {
  return vi.waitFor(
    async () => {
      const [session] = await stores.sessions.list({ limit: 1 })
      expect(session?.state).toBe('ended')
      const channels = await stores.sessions.channels(session?.id ?? '')
      expect(channels.every(({ closedUs }) => closedUs !== undefined)).toBe(true)
      return session as SessionSummary
    },
    { timeout: 10_000, interval: 20 },
  )
}

/** What is on record of one channel. */
export async function recordedEvents({ stores }: Stores, sessionId: string, channel = 0): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for await (const event of stores.records.events(sessionId, channel)) events.push(event)
  return events
}

/** All bytes of one kind, joined. */
export function bytesOf(events: readonly RecordedEvent[], ...kinds: readonly RecordedEvent['kind'][]): Buffer {
  return Buffer.concat(events.filter(({ kind }) => kinds.includes(kind)).map(({ data }) => data))
}
