import type { Task } from '../access/task.ts'
import { printable } from '#shared/printable.ts'

/** What is longer is nobody's mistyped number. */
const SHOWN_LENGTH_MAX = 60
/** The newest; any other number can be named as well. */
export const LISTED_MAX = 10
const TITLE_LENGTH_SHOWN = 60

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
