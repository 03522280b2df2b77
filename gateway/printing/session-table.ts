import type { SessionView } from '#shared/api.ts'
import { shortInstant, shortLength } from './short-times.ts'
import type { Column } from './table.ts'

const task: Column<SessionView> = { title: 'task', text: (session) => session.task ?? session.reason ?? '-' }
const staff: Column<SessionView> = { title: 'staff', text: (session) => session.staff }
const before: readonly Column<SessionView>[] = [
  { title: 'id', text: (session) => session.id },
  { title: 'started', text: (session) => shortInstant(session.startedAt) },
  { title: 'length', right: true, text: (session) => shortLength(session.lengthMs) },
]
const behind: readonly Column<SessionView>[] = [
  { title: 'target', text: (session) => `${session.login}@${session.target}` },
  { title: 'state', text: (session) => session.state },
  { title: 'keys', right: true, text: (session) => String(session.keystrokes) },
  { title: 'exit', text: exitText },
]

/** A list of sessions of several people. */
export const sessionColumns: readonly Column<SessionView>[] = [...before, staff, task, ...behind]

/** A list of one person's sessions. */
export const ownSessionColumns: readonly Column<SessionView>[] = [...before, ...behind]

/** The signal or the status that something ended with; `-` where neither is on record. */
export function exitText({ exitStatus, exitSignal }: Pick<SessionView, 'exitStatus' | 'exitSignal'>): string {
  return exitSignal ?? (exitStatus === null ? '-' : String(exitStatus))
}
