import { createResource } from 'solid-js'
import { usePages } from '../pages-context.ts'
import { SessionTable } from '../sessions/session-table.tsx'
import { texts } from '../texts.ts'
import { Loaded } from '../widgets/loaded.tsx'

/** The sessions behind one line of minutes, in order of start. */
export function LineSessions(props: { ids: readonly string[] }) {
  const { api } = usePages()
  const [sessions, { refetch }] = createResource(
    () => props.ids,
    async (ids) => {
      const found = await Promise.all(ids.map((id) => api.session(id)))
      return found.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt))
    },
  )
  return (
    <Loaded resource={sessions} onRetry={() => void refetch()}>
      {(found) => <SessionTable sessions={found()} caption={texts.minutes.lineSessions} />}
    </Loaded>
  )
}
