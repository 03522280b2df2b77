import { aboutText } from './about-text.ts'
import { cellsOf, fitCells, harmless } from './cell-text.ts'
import { LAST_CELLS, lastText } from './last-text.ts'
import { bodyRows, messageLines, notesLines, type MenuTerminal } from './menu-layout.ts'
import type { MenuRow } from './menu-list.ts'
import type { MenuState } from './menu-state.ts'

const BOLD = '\x1b[1m'
const REVERSE = '\x1b[7m'
const PLAIN = '\x1b[m'

const GAP = '  '
const TARGET_CELLS_MIN = 6
/** `revoked` and `retired`. */
const KEY_CELLS = 7
const CLIENT_CELLS_MAX = 20
/** A narrower column says nothing. */
const COLUMN_CELLS_MIN = 8

export interface MenuScreen {
  /** One for each row of the terminal, none wider than it; with attributes of their own, which they end. */
  readonly lines: readonly string[]
  /** Counted from 0. */
  readonly cursor: { readonly row: number; readonly column: number }
}

/** The whole screen of the menu; `who` is the person's login, `now` what the last sessions are measured from. */
export function paintMenu(
  state: MenuState,
  terminal: MenuTerminal,
  { who, now }: { who: string; now: Date },
): MenuScreen {
  const { columns, rows, utf8 } = terminal
  const row = state.shown[state.selected]
  if (state.notesFrom !== undefined && row !== undefined) return paintNotes(row, state.notesFrom, terminal)
  const message = messageLines(state.message, terminal)
  const page = bodyRows(terminal, message.length)
  const top = Math.floor(state.selected / page) * page
  const widths = columnWidths(state.shown, columns)
  const list = state.shown.slice(top, top + page).map((each, index) => {
    const line = fitCells(rowText(each, widths, { utf8, now }), columns, utf8)
    return top + index === state.selected ? `${REVERSE}>${line.slice(1)}${PLAIN}` : line
  })
  const label = 'Filter: '
  // The end of a long filter is where one types.
  const filter = lastCells(harmless(state.filter, utf8), Math.max(columns - label.length - 1, 0))
  const empty =
    state.rows.length === 0 ? 'No grant lets you work on a server now.' : 'Nothing matches; Ctrl+U shows all.'
  const lines = [
    bold(titleText(`gatebook ${utf8 ? '·' : '-'} ${who}`, `${state.shown.length} of ${state.rows.length}`, columns)),
    fitCells(label + filter, columns, utf8),
    ...message.map((line) => fitCells(line, columns, utf8)),
    bold(fitCells(headText(widths), columns, utf8)),
    ...padded(list.length > 0 ? list : [fitCells(GAP + empty, columns, utf8)], page),
    keysText(terminal, 'Enter connects', 'Esc leaves'),
  ]
  return {
    lines: lines.slice(0, rows).map((line) => line.trimEnd()),
    cursor: { row: 1, column: Math.min(cellsOf(label + filter), columns - 1) },
  }
}

function paintNotes(row: MenuRow, from: number, terminal: MenuTerminal): MenuScreen {
  const { target, notes } = row
  const { columns, rows, utf8 } = terminal
  const page = bodyRows(terminal, 0)
  const all = notesLines(notes, terminal)
  // The terminal may have grown since the lines were counted.
  const top = Math.max(Math.min(from, all.length - page), 0)
  const lines = [
    bold(fitCells(target, columns, utf8)),
    fitCells(aboutText(row, utf8), columns, utf8),
    '',
    ...padded(
      all.slice(top, top + page).map((line) => fitCells(GAP + line, columns, utf8)),
      page,
    ),
    keysText(terminal, 'Enter connects', 'Esc goes back'),
  ]
  return {
    lines: lines.slice(0, rows).map((line) => line.trimEnd()),
    cursor: { row: Math.min(lines.length, rows) - 1, column: 0 },
  }
}

interface ColumnWidths {
  readonly target: number
  /** 0: the column is left out. */
  readonly client: number
  readonly notes: number
}

function columnWidths(rows: readonly MenuRow[], columns: number): ColumnWidths {
  const widest = (texts: readonly string[], max: number) => Math.min(Math.max(0, ...texts.map(cellsOf)), max)
  const targets = rows.map((row) => row.target)
  const target = Math.max(widest(targets, Math.floor(columns * 0.45)), TARGET_CELLS_MIN)
  let left = columns - GAP.length - target - GAP.length - KEY_CELLS - GAP.length - LAST_CELLS
  const take = (wanted: number): number => {
    if (left < GAP.length + COLUMN_CELLS_MIN) return 0
    const taken = Math.min(Math.max(wanted, COLUMN_CELLS_MIN), left - GAP.length)
    left -= GAP.length + taken
    return taken
  }
  const clients = rows.map((row) => row.client)
  return { target, client: take(widest(clients, CLIENT_CELLS_MAX)), notes: take(left) }
}

function headText(widths: ColumnWidths): string {
  return cells({ target: 'TARGET', key: 'KEY', last: 'LAST', client: 'CLIENT', notes: 'NOTES' }, widths, true)
}

function rowText(row: MenuRow, widths: ColumnWidths, { utf8, now }: { utf8: boolean; now: Date }): string {
  const last = lastText(row.lastSession, now)
  const [client, notes] = [harmless(row.client, utf8), harmless(row.notes, utf8)]
  return cells({ target: row.target, key: row.key, last, client, notes }, widths, utf8)
}

function cells(
  texts: { target: string; key: string; last: string; client: string; notes: string },
  widths: ColumnWidths,
  utf8: boolean,
): string {
  const always = [
    fitCells(texts.target, widths.target, utf8),
    fitCells(texts.key, KEY_CELLS, utf8),
    fitCells(texts.last, LAST_CELLS, utf8),
  ]
  const whereRoom = [
    ...(widths.client > 0 ? [fitCells(texts.client, widths.client, utf8)] : []),
    ...(widths.notes > 0 ? [fitCells(texts.notes, widths.notes, utf8)] : []),
  ]
  return GAP + [...always, ...whereRoom].join(GAP)
}

function titleText(left: string, right: string, columns: number): string {
  const room = columns - cellsOf(left) - cellsOf(right)
  return fitCells(room > 0 ? left + ' '.repeat(room) + right : left, columns, true)
}

function keysText({ columns, utf8 }: MenuTerminal, ...ends: readonly string[]): string {
  const arrows = utf8 ? '↑↓' : 'arrows'
  const move = columns < 60 ? `${arrows} move` : `${arrows} PgUp PgDn Home End move`
  const [first = '', ...rest] = ends
  return fitCells([first, move, ...rest].join(utf8 ? ' · ' : ', '), columns, utf8)
}

function bold(line: string): string {
  return `${BOLD}${line.trimEnd()}${PLAIN}`
}

function padded(lines: readonly string[], rows: number): readonly string[] {
  return [...lines, ...Array<string>(Math.max(rows - lines.length, 0)).fill('')]
}

function lastCells(text: string, cellsMax: number): string {
  let tail = text
  while (cellsOf(tail) > cellsMax) tail = Array.from(tail).slice(1).join('')
  return tail
}
