import { paintLine } from './screen-paint.ts'
import type { Screen } from './screen.ts'
import { coreOf } from './terminal-core.ts'
import type { TerminalSize } from './terminal-size.ts'

/** Shows a screen of ours in a terminal of somebody else's. */
export interface ScreenMirror {
  /** What to write so that the terminal shows the screen as it is now, over `status` in the last row. */
  paint(status: string): string
}

/**
 * Writes only rows that changed. Of a screen larger than the terminal it shows the left columns, and the rows down to
 * the cursor's. Writes characters, SGR, cursor positions, erased lines and the cursor's visibility, nothing else.
 */
export function createScreenMirror(screen: Screen, viewer: TerminalSize): ScreenMirror {
  const height = Math.max(viewer.rows - 1, 1)
  const painted = Array.from({ length: height }, () => '')

  function paintRows(top: number): string {
    const { active } = screen.terminal.buffer
    let text = ''
    for (let row = 0; row < height; row++) {
      const line = top + row < screen.terminal.rows ? active.getLine(active.baseY + top + row) : undefined
      const wanted = line === undefined ? '' : paintLine(line, viewer.columns)
      if (wanted !== painted[row]) text += `\x1b[${row + 1};1H\x1b[m\x1b[2K${wanted}`
      painted[row] = wanted
    }
    return text
  }

  return {
    paint(status) {
      const { cursorX, cursorY } = screen.terminal.buffer.active
      const top = Math.max(cursorY - height + 1, 0)
      const column = Math.min(cursorX, viewer.columns - 1)
      const cursor = coreOf(screen.terminal).coreService.isCursorHidden ? '' : '\x1b[?25h'
      return (
        `\x1b[?25l${paintRows(top)}\x1b[${viewer.rows};1H\x1b[m\x1b[2K\x1b[7m${status}\x1b[m` +
        `\x1b[${cursorY - top + 1};${column + 1}H${cursor}`
      )
    },
  }
}
