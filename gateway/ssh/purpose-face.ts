import { REASON_LENGTH_MAX } from '#shared/task-text.ts'
import type { Task } from '../access/task.ts'
import type { NamedPurpose } from './channel-requests.ts'
import { fitCells, harmless } from './menu/cell-text.ts'
import type { Face } from './menu/dialogue.ts'
import { messageLines, type MenuTerminal } from './menu/menu-layout.ts'
import { isEnter, TypedLine } from './menu/typed-line.ts'
import { LISTED_MAX, type WantedEntry } from './purpose-texts.ts'

/** What somebody answers, or that they leave. */
export type PurposeAnswer = NamedPurpose | 'leave'

const NEW_LINE = '\r\n'
/** Below the tasks: that there are more, and the line to type in. */
const ROWS_BELOW = 2
const NUMBER = /^[1-9]\d{0,8}$/

/** Asks line by line what a session is for: open tasks with their numbers, and a line to type in. */
export class PurposeFace implements Face<PurposeAnswer> {
  readonly #wanted: WantedEntry
  readonly #terminal: () => MenuTerminal
  readonly #line: TypedLine
  #unsaid = ''

  /** `terminal` is as it is now. */
  constructor(wanted: WantedEntry, terminal: () => MenuTerminal) {
    this.#wanted = wanted
    this.#terminal = terminal
    this.#line = new TypedLine(() => terminal().utf8, REASON_LENGTH_MAX)
  }

  show(message: string): string {
    const { open, client, wanted } = this.#wanted
    const terminal = this.#terminal()
    const words = message === '' ? `${client} wants to know what this session is for.` : message
    const above = messageLines(words, terminal)
    const room = Math.max(terminal.rows - above.length - ROWS_BELOW, 1)
    const listed = open.slice(0, Math.min(LISTED_MAX, room))
    const width = Math.max(0, ...listed.map(({ number }) => number.length))
    const tasks =
      open.length === 0 ? [`No task of ${client} is open.`] : listed.map((task) => taskText(task, width, terminal))
    this.#say(...above, ...tasks, ...(open.length > listed.length ? ['  and more'] : []))
    this.#unsaid += wanted === 'a task' ? 'Number of the task: ' : 'Number of a task, or a reason: '
    return ''
  }

  press(key: string): PurposeAnswer | undefined {
    if (key === 'Ctrl+C' || key === 'Ctrl+D' || key === 'Esc') return 'leave'
    if (!isEnter(key)) {
      this.#unsaid += this.#line.press(key)
      return undefined
    }
    const typed = this.#line.take()
    if (typed !== '') return this.#read(typed)
    this.#unsaid += NEW_LINE
    this.show('')
    return undefined
  }

  paint(): string {
    const text = this.#unsaid
    this.#unsaid = ''
    return text
  }

  hide(): string {
    return this.paint() + NEW_LINE
  }

  /** `17` and `ACME-17` are numbers, whether there is such a task or not; so is all that is not a reason here. */
  #read(typed: string): NamedPurpose {
    if (NUMBER.test(typed)) return { task: `${this.#wanted.client}-${typed}` }
    const isNumber = this.#wanted.wanted === 'a task' || /^[a-z][a-z0-9-]{0,30}-\d+$/i.test(typed)
    return isNumber ? { task: typed } : { reason: typed }
  }

  #say(...lines: readonly string[]): void {
    this.#unsaid += lines.map((line) => line + NEW_LINE).join('')
  }
}

function taskText({ number, kind, title }: Task, width: number, { columns, utf8 }: MenuTerminal): string {
  const mark = kind === 'incident' ? 'incident: ' : ''
  return fitCells(`  ${number.padEnd(width)}  ${mark}${harmless(title, utf8)}`, columns - 1, utf8).trimEnd()
}
