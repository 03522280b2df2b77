import type { MenuChoice, MenuFace } from './menu-face.ts'
import type { MenuTerminal } from './menu-layout.ts'
import { paintMenu } from './menu-screen.ts'
import { pressKey, type MenuState } from './menu-state.ts'

/** The alternate screen (xterm, private mode 1049), and the cursor where it was before. */
const SECOND_SCREEN = '\x1b[?1049h'
const FIRST_SCREEN = '\x1b[m\x1b[?1049l'
const CLEAR = '\x1b[m\x1b[2J'

export interface FullScreenParts {
  /** As the terminal is now. */
  terminal(): MenuTerminal
  readonly who: string
  now(): Date
}

/** The menu on the alternate screen. */
export class MenuFullScreen implements MenuFace {
  readonly #parts: FullScreenParts
  #state: MenuState
  #painted: { readonly columns: number; readonly rows: number; readonly lines: readonly string[] } | undefined

  constructor(state: MenuState, parts: FullScreenParts) {
    this.#state = state
    this.#parts = parts
  }

  show(message: string): string {
    if (message !== '') this.#state = { ...this.#state, message }
    this.#painted = undefined
    return SECOND_SCREEN
  }

  press(key: string): MenuChoice | undefined {
    const outcome = pressKey(this.#state, key, this.#parts.terminal())
    if (outcome.kind === 'leave') return outcome
    this.#state = outcome.state
    return outcome.kind === 'connect' ? outcome : undefined
  }

  paint(): string {
    const terminal = this.#parts.terminal()
    const { columns, rows } = terminal
    const { lines, cursor } = paintMenu(this.#state, terminal, { who: this.#parts.who, now: this.#parts.now() })
    const same = this.#painted?.columns === columns && this.#painted.rows === rows
    const before = same ? this.#painted?.lines : undefined
    this.#painted = { columns, rows, lines }
    // Erased before, not behind: a line that fills its row leaves the cursor on the last cell.
    const changed = lines.map((line, row) => (line === before?.[row] ? '' : `${move(row, 0)}\x1b[2K${line}`))
    return `${before === undefined ? CLEAR : ''}${changed.join('')}${move(cursor.row, cursor.column)}`
  }

  hide(): string {
    return FIRST_SCREEN
  }
}

function move(row: number, column: number): string {
  return `\x1b[${row + 1};${column + 1}H`
}
