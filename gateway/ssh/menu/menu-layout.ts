import type { TerminalSize } from '../../recording/terminal-size.ts'
import { harmless, wrapCells } from './cell-text.ts'

/** Title, filter and the line of keys: what a screen has beside the list or the notes and its messages. */
const FRAME_ROWS = 4
/** Messages are cut beyond: the list must stay usable in 12 rows. */
const MESSAGE_ROWS_MAX = 4

/** What a terminal shows; `utf8` false: ASCII only. */
export interface MenuTerminal extends TerminalSize {
  readonly utf8: boolean
}

/** Rows for the list or the notes, 1 or more, below a message of so many lines. */
export function bodyRows({ rows }: TerminalSize, messageLines: number): number {
  return Math.max(rows - FRAME_ROWS - messageLines, 1)
}

/** A message as lines of the screen; a small one needs its rows for the list. */
export function messageLines(message: string, terminal: MenuTerminal): readonly string[] {
  const linesMax = Math.min(MESSAGE_ROWS_MAX, Math.max(terminal.rows - FRAME_ROWS - 1, 0))
  return wrapText(message, terminal, terminal.columns - 1).slice(0, linesMax)
}

/** The notes of a target as lines of the screen. */
export function notesLines(notes: string, terminal: MenuTerminal): readonly string[] {
  return wrapText(notes.trimEnd(), terminal, terminal.columns - 2)
}

/** Harmless lines of at most `cells`; an empty text has none. */
function wrapText(text: string, { utf8 }: MenuTerminal, cells: number): readonly string[] {
  if (text === '') return []
  return text.split(/\r?\n/).flatMap((line) => wrapCells(harmless(line.trimEnd(), utf8), Math.max(cells, 2)))
}
