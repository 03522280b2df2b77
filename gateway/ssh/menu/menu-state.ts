import { matchingRows, type MenuRow } from './menu-list.ts'
import { nearestName } from '../../nearest-name.ts'
import { bodyRows, messageLines, notesLines, type MenuTerminal } from './menu-layout.ts'

/** Longer filters match nothing that anybody means. */
const FILTER_LENGTH_MAX = 100

/** What the menu shows; `shown` are the rows that match `filter`. */
export interface MenuState {
  readonly rows: readonly MenuRow[]
  readonly filter: string
  readonly shown: readonly MenuRow[]
  /** Index into `shown`; 0 where nothing is shown. */
  readonly selected: number
  /** First line of the notes on the screen, while they are read; undefined: the list is shown. */
  readonly notesFrom: number | undefined
  /** What was refused or mistyped; goes with the next key that changes anything. */
  readonly message: string
}

/** What a key leads to. */
export type MenuOutcome =
  | { readonly kind: 'stay'; readonly state: MenuState }
  | { readonly kind: 'connect'; readonly state: MenuState; readonly row: MenuRow }
  | { readonly kind: 'leave'; readonly exitStatus: number }

/** ssh's status for a program that Ctrl+C ended: 128 and SIGINT. */
export const INTERRUPTED = 130

const EMPTY: Omit<MenuState, 'rows' | 'shown'> = { filter: '', selected: 0, notesFrom: undefined, message: '' }

/**
 * The menu as it opens for a user name that names no target: filtered by it where that leaves anything,
 * otherwise with everything, and at the nearest name. An empty one says nothing.
 */
export function openMenu(rows: readonly MenuRow[], typed: string): MenuState {
  if (typed === '') return { ...EMPTY, rows, shown: rows }
  const matching = matchingRows(rows, typed)
  const none = `there is no target ${JSON.stringify(typed)}`
  if (matching.length > 0) {
    return { ...EMPTY, rows, filter: typed, shown: matching, message: `${none}; the list is filtered by it` }
  }
  const nearest = nearestName(
    typed,
    rows.map(({ target }) => target),
  )
  const selected = Math.max(
    rows.findIndex(({ target }) => target === nearest),
    0,
  )
  const message = nearest === undefined ? none : `${none}; did you mean ${nearest}?`
  return { ...EMPTY, rows, shown: rows, selected, message }
}

/** What the key of this name (`recording/key-name.ts`) does on a screen of this size. */
export function pressKey(state: MenuState, key: string, terminal: MenuTerminal): MenuOutcome {
  if (key === 'Ctrl+C') return { kind: 'leave', exitStatus: INTERRUPTED }
  if (key === 'Ctrl+D') return { kind: 'leave', exitStatus: 0 }
  return state.notesFrom === undefined
    ? pressInList(state, key, terminal)
    : pressInNotes(state, state.notesFrom, key, terminal)
}

function pressInList(state: MenuState, key: string, terminal: MenuTerminal): MenuOutcome {
  if (key === 'Esc') return { kind: 'leave', exitStatus: 0 }
  const row = state.shown[state.selected]
  if (isEnter(key) && row !== undefined) {
    return row.notes.trim() === '' ? { kind: 'connect', state, row } : stay({ ...state, notesFrom: 0, message: '' })
  }
  const filter = editFilter(state.filter, key)
  if (filter !== undefined) {
    if (filter === state.filter) return stay(state)
    return stay({ ...state, filter, shown: matchingRows(state.rows, filter), selected: 0, message: '' })
  }
  const page = bodyRows(terminal, messageLines(state.message, terminal).length)
  const selected = move(state.selected, key, { last: state.shown.length - 1, page })
  return stay(selected === state.selected ? state : { ...state, selected, message: '' })
}

function pressInNotes(state: MenuState, from: number, key: string, terminal: MenuTerminal): MenuOutcome {
  if (key === 'Esc') return stay({ ...state, notesFrom: undefined })
  const row = state.shown[state.selected]
  if (row === undefined) return stay({ ...state, notesFrom: undefined })
  if (isEnter(key)) return { kind: 'connect', state: { ...state, notesFrom: undefined }, row }
  const page = bodyRows(terminal, 0)
  const last = notesLines(row.notes, terminal).length - page
  return stay({ ...state, notesFrom: move(from, key, { last, page }) })
}

function stay(state: MenuState): MenuOutcome {
  return { kind: 'stay', state }
}

function isEnter(key: string): boolean {
  return key === 'Enter' || key === 'Ctrl+J' || key === 'Keypad Enter'
}

/** Undefined where the key edits nothing. */
function editFilter(filter: string, key: string): string | undefined {
  if (key === 'Backspace' || key === 'Ctrl+H') return Array.from(filter).slice(0, -1).join('')
  if (key === 'Ctrl+U') return ''
  if (key === 'Ctrl+W') return filter.replace(/\S*\s*$/, '')
  const character = typedCharacter(key)
  if (character === undefined) return undefined
  return filter.length + character.length > FILTER_LENGTH_MAX ? filter : filter + character
}

/** The character that a key of this name types; undefined for any other key. */
export function typedCharacter(key: string): string | undefined {
  if (key === 'Space') return ' '
  // A name of more than one character is no character, and the arrows are the names of keys.
  return /^[^←↑→↓]$/u.test(key) ? key : undefined
}

/** Where a key moves to between 0 and `last`; a key that moves nothing stays. */
function move(at: number, key: string, { last, page }: { last: number; page: number }): number {
  const steps: Record<string, number> = {
    '↑': -1,
    'Ctrl+P': -1,
    '↓': 1,
    'Ctrl+N': 1,
    PgUp: -page,
    PgDn: page,
    Home: -Infinity,
    End: Infinity,
  }
  return Math.max(Math.min(at + (steps[key] ?? 0), last), 0)
}
