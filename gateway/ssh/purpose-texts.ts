import type { WantedPurpose } from '../access/purpose.ts'
import type { Task } from '../access/task.ts'
import { printable } from '#shared/printable.ts'

/** Something must be said before a session begins, and what there is to say. */
export interface WantedEntry {
  readonly wanted: NonNullable<WantedPurpose>
  /** A slug. */
  readonly client: string
  /** The newest open tasks; may be one more than are listed. */
  readonly open: readonly Task[]
}

/** What is longer is nobody's mistyped number. */
const SHOWN_LENGTH_MAX = 60
/** The newest; any other number can be named as well. */
export const LISTED_MAX = 10
const TITLE_LENGTH_SHOWN = 60

/** ssh asks for `-R` before anything can say what the session is for; a request has no room for a reason. */
export const TOO_EARLY_TO_LISTEN =
  'nothing listens on the target: that was asked before the session said what it is for; ask again now, by ~C or by ssh -O forward'

/** What somebody typed, as it can be shown on a terminal. */
export function quoted(typed: string): string {
  return printable(JSON.stringify(typed.slice(0, SHOWN_LENGTH_MAX)))
}

/** A line that lists the open tasks of a client, newest first; `tasks` may be one more than are listed. */
export function openTasksText(client: string, tasks: readonly Task[]): string {
  if (tasks.length === 0) return `no task of ${client} is open`
  const listed = tasks.slice(0, LISTED_MAX).map(({ number, title }) => `${number} (${shortTitle(title)})`)
  return `open tasks of ${client}: ${listed.join(', ')}${tasks.length > LISTED_MAX ? ', and more' : ''}`
}

function shortTitle(title: string): string {
  const characters = Array.from(printable(title))
  if (characters.length <= TITLE_LENGTH_SHOWN) return characters.join('')
  return `${characters.slice(0, TITLE_LENGTH_SHOWN - 3).join('')}...`
}

/** Two lines for who cannot be asked: what to give to ssh, and what there is to choose from. */
export function wantedText({ wanted, client, open }: WantedEntry): string {
  const task = `-o SetEnv=GATEBOOK_TASK=${open[0]?.number ?? `${client.toUpperCase()}-17`}`
  const reason = `-o SetEnv='GATEBOOK_REASON="why"'`
  const ways =
    wanted === 'a task' ? `ssh ${task}` : open.length === 0 ? `ssh ${reason}` : `ssh ${task} or ssh ${reason}`
  const what = wanted === 'a task' ? 'a task' : 'a task or a reason'
  return `${client} wants ${what} named for each session, as in: ${ways}\n${openTasksText(client, open)}`
}
