import headless, { type Terminal } from '@xterm/headless'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { createPacer } from './pacer.ts'
import { snapshotOf } from './screen-snapshot.ts'
import { coreOf } from './terminal-core.ts'
import { terminalSize } from './terminal-size.ts'

/** A terminal without a window: what an administrator's screen showed. */
export interface Screen {
  /** To read the buffers and to hook the parser; write by `write` only. */
  readonly terminal: Terminal
  /** Takes effect in small steps between which the event loop runs. */
  write(text: string): Promise<void>
  /** Any size; `terminalSize` keeps it in bounds. */
  resize(columns: number, rows: number): void
  /** False inside an escape sequence. */
  isBetweenSequences(): boolean
  /** Text that makes a new terminal of this size show and continue the same; see `snapshotOf`. */
  snapshot(): string
  dispose(): void
}

/** Parsed in one go: moving every line of the screen takes 5 characters and 0.1 ms, so that a step takes 3 ms at worst. */
const STEP_LENGTH = 128
/** ECMA-48's ground state in xterm's parser. */
const GROUND = 0

/** `scrollback` counts lines kept above the screen; with any, erasing the screen moves its lines there. */
export function createScreen(columns: number, rows: number, scrollback = 0): Screen {
  const size = terminalSize(columns, rows)
  const terminal = new headless.Terminal({
    cols: size.columns,
    rows: size.rows,
    scrollback,
    scrollOnEraseInDisplay: scrollback > 0,
    allowProposedApi: true,
    // It would print what it cannot parse: a recording's bytes belong in no log.
    logLevel: 'off',
  })
  terminal.loadAddon(new Unicode11Addon())
  terminal.unicode.activeVersion = '11'
  const core = coreOf(terminal)
  const pace = createPacer()
  boundRepetition(terminal)
  eraseUpToTheEnd(terminal)

  /** A fault of xterm's must not make the recording that meets it unwatchable: it costs the rest of the step. */
  function parse(step: string): void {
    try {
      core._inputHandler.parse(step)
    } catch {
      core._inputHandler._parser.reset()
    }
  }

  return {
    terminal,
    async write(text) {
      for (let at = 0; at < text.length; at += STEP_LENGTH) {
        parse(text.slice(at, at + STEP_LENGTH))
        await pace()
      }
    },
    resize(newColumns, newRows) {
      const bounded = terminalSize(newColumns, newRows)
      terminal.resize(bounded.columns, bounded.rows)
    },
    isBetweenSequences: () => core._inputHandler._parser.currentState === GROUND,
    snapshot: () => snapshotOf(terminal),
    dispose: () => terminal.dispose(),
  }
}

/**
 * xterm repeats these as often as they ask for, 3 µs each time: `CSI 2147483647 S` would stop the gateway for two
 * hours. Repeating more often than the screen has cells changes nothing more.
 */
function boundRepetition(terminal: Terminal): void {
  const handler = coreOf(terminal)._inputHandler
  const lines = () => terminal.rows
  const repeating = [
    { final: 'L', name: 'insertLines', most: lines },
    { final: 'M', name: 'deleteLines', most: lines },
    { final: 'S', name: 'scrollUp', most: lines },
    { final: 'T', name: 'scrollDown', most: lines },
    { final: 'I', name: 'cursorForwardTab', most: () => terminal.cols },
    { final: 'Z', name: 'cursorBackwardTab', most: () => terminal.cols },
    { final: 'b', name: 'repeatPrecedingCharacter', most: () => terminal.cols * terminal.rows },
  ] as const
  for (const { final, name, most } of repeating) {
    terminal.parser.registerCsiHandler({ final }, ([count = 0]) => {
      if (typeof count !== 'number' || count <= most()) return false
      handler[name]({ params: [most()], length: 1 })
      return true
    })
  }
}

/** xterm 6.0.0 throws when everything up to a cursor in the last column of the last row is to be erased. */
function eraseUpToTheEnd(terminal: Terminal): void {
  for (const prefix of ['', '?']) {
    terminal.parser.registerCsiHandler({ ...(prefix && { prefix }), final: 'J' }, ([extent]) => {
      const { cursorX, cursorY } = terminal.buffer.active
      if (extent !== 1 || cursorX < terminal.cols - 1 || cursorY < terminal.rows - 1) return false
      coreOf(terminal)._inputHandler.eraseInDisplay({ params: [2], length: 1 })
      return true
    })
  }
}
