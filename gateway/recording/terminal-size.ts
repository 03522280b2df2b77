export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/** What a terminal has whose size nobody told (RFC 4254 has no default; every emulator has this one). */
export const DEFAULT_TERMINAL_SIZE: TerminalSize = { columns: 80, rows: 24 }

/** Beyond these it is no terminal, but an attack on the memory of whoever replays it. */
const COLUMNS_MAX = 1000
const ROWS_MAX = 500

/**
 * The nearest size, 2 to 1000 columns and 1 to 500 rows, that a replayed terminal can have. A terminal that says 0,
 * as `ssh -tt` without one of its own does, has told nothing.
 */
export function terminalSize(columns: number, rows: number): TerminalSize {
  return {
    columns: Math.min(Math.max(columns === 0 ? DEFAULT_TERMINAL_SIZE.columns : columns, 2), COLUMNS_MAX),
    rows: Math.min(rows === 0 ? DEFAULT_TERMINAL_SIZE.rows : rows, ROWS_MAX),
  }
}
