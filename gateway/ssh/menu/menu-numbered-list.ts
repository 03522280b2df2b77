import { fitCells, harmless } from './cell-text.ts'
import { LAST_CELLS, lastText } from './last-text.ts'
import type { MenuChoice, MenuFace } from './menu-face.ts'
import { messageLines, notesLines, type MenuTerminal } from './menu-layout.ts'
import { aboutText } from './about-text.ts'
import { matchingRows, type MenuRow } from './menu-list.ts'
import { INTERRUPTED, type MenuState } from './menu-state.ts'
import { isEnter, TypedLine } from './typed-line.ts'

/** More scroll away where nobody can scroll back. */
const LISTED_MAX = 20
const LINE_LENGTH_MAX = 100
const NEW_LINE = '\r\n'

export interface NumberedListParts {
  /** As the terminal is now. */
  readonly terminal: () => MenuTerminal
  readonly now: () => Date
}

/** The menu for terminals that have one screen only, and may not even move their cursor: a list, and a question. */
export class MenuNumberedList implements MenuFace {
  readonly #terminal: () => MenuTerminal
  readonly #now: () => Date
  readonly #rows: readonly MenuRow[]
  #shown: readonly MenuRow[]
  #message: string
  readonly #line: TypedLine
  /** Its notes are read. */
  #asking: MenuRow | undefined
  #unsaid = ''

  /** Begins as the state does; `terminal` is as it is now. */
  constructor({ rows, shown, message }: MenuState, { terminal, now }: NumberedListParts) {
    this.#rows = rows
    this.#shown = shown
    this.#message = message
    this.#terminal = terminal
    this.#now = now
    this.#line = new TypedLine(() => terminal().utf8, LINE_LENGTH_MAX)
  }

  show(message: string): string {
    if (message !== '') this.#message = message
    this.#asking = undefined
    this.#list()
    return ''
  }

  press(key: string): MenuChoice | undefined {
    if (key === 'Ctrl+C') return { kind: 'leave', exitStatus: INTERRUPTED }
    if (key === 'Ctrl+D' || key === 'Esc') return { kind: 'leave', exitStatus: 0 }
    if (isEnter(key)) return this.#enter()
    this.#unsaid += this.#line.press(key)
    return undefined
  }

  paint(): string {
    const text = this.#unsaid
    this.#unsaid = ''
    return text
  }

  hide(): string {
    return NEW_LINE
  }

  #enter(): MenuChoice | undefined {
    const line = this.#line.take()
    if (this.#asking !== undefined && line === '') return { kind: 'connect', row: this.#asking }
    this.#unsaid += NEW_LINE
    const row = this.#asking === undefined ? this.#named(line) : undefined
    this.#asking = undefined
    if (row === undefined) this.#filter(line)
    else if (row.notes.trim() === '') return { kind: 'connect', row }
    else this.#askAbout(row)
    return undefined
  }

  #named(line: string): MenuRow | undefined {
    const number = /^\d{1,6}$/.test(line) ? this.#shown[Number(line) - 1] : undefined
    return number ?? this.#rows.find(({ target }) => target === line)
  }

  #filter(words: string): void {
    const matching = matchingRows(this.#rows, words)
    if (matching.length === 0 && words !== '') this.#message = `nothing matches ${JSON.stringify(words)}`
    this.#shown = matching.length > 0 ? matching : this.#rows
    this.#list()
  }

  #askAbout(row: MenuRow): void {
    this.#asking = row
    const terminal = this.#terminal()
    const about = aboutText(row, terminal.utf8)
    this.#say(row.target, `  ${about}`, ...notesLines(row.notes, terminal).map((line) => `  ${line}`))
    this.#unsaid += 'Enter connects, anything else goes back: '
  }

  #list(): void {
    const terminal = this.#terminal()
    const { columns, utf8 } = terminal
    const listed = this.#shown.slice(0, LISTED_MAX)
    const width = Math.max(0, ...listed.map(({ target }) => target.length))
    const lines = listed.map(({ target, key, client, lastSession }, index) => {
      const state = key === 'active' ? '' : `  (key: ${key})`
      const last = lastText(lastSession, this.#now()).padEnd(LAST_CELLS)
      const text = `${String(index + 1).padStart(3)}  ${target.padEnd(width)}  ${last}  ${harmless(client, utf8)}${state}`
      return fitCells(text, columns - 1, utf8).trimEnd()
    })
    const more = this.#shown.length - listed.length
    this.#say(
      ...messageLines(this.#message, terminal),
      ...lines,
      ...(more > 0 ? [`  and ${more} more`] : []),
      ...(this.#rows.length === 0 ? ['No grant lets you work on a server now.'] : []),
    )
    this.#message = ''
    this.#unsaid += 'Number, or words to filter by: '
  }

  #say(...lines: readonly string[]): void {
    this.#unsaid += lines.map((line) => line + NEW_LINE).join('')
  }
}
