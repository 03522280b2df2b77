import { jsonText } from '../../printing/json-text.ts'
import { ownSessionColumns } from '../../printing/session-table.ts'
import { formatTable } from '../../printing/table.ts'
import { sessionView } from '../../session/session-view.ts'
import type { SessionStore } from '../../session/session.ts'
import type { ServiceCommand } from './service-command.ts'

/** A screenful; the pages have them all. */
const SESSIONS_SHOWN = 20

/** `ssh bastion sessions`: the asker's own, those that run first, then the newest. */
export function sessionsCommand({
  sessionStore,
}: {
  readonly sessionStore: Pick<SessionStore, 'list'>
}): ServiceCommand {
  return {
    name: 'sessions',
    purpose: `your last ${SESSIONS_SHOWN} sessions, those that run first`,
    takes: ['json'],
    async answer({ staff, width }, { json }) {
      const own = { staff: staff.login, limit: SESSIONS_SHOWN }
      const [live, last] = await Promise.all([sessionStore.list({ ...own, liveOnly: true }), sessionStore.list(own)])
      const rest = last.filter(({ id }) => live.every((each) => each.id !== id))
      const sessions = [...live, ...rest].slice(0, SESSIONS_SHOWN).map(sessionView)
      if (json) return { output: jsonText(sessions) }
      if (sessions.length === 0) return { output: '', notes: ['no session of yours is on record'] }
      return { output: formatTable(sessions, ownSessionColumns, width) }
    },
  }
}
