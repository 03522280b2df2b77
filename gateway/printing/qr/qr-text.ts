import type { QrSymbol } from './qr-symbol.ts'

/** Modules; §6.3.8 of ISO/IEC 18004 asks for them. */
const QUIET_ZONE = 4
/** Black on white whatever the colours of the terminal: scanners take no inverted codes. */
const BLACK_ON_WHITE = '\x1b[38;5;16;48;5;231m'
const RESET = '\x1b[0m'

/** The symbol for a terminal that shows UTF-8 and 256 colours: two rows of modules a line, half a block each. */
export function qrText(symbol: QrSymbol): string {
  const size = symbol.length + 2 * QUIET_ZONE
  const isDark = (row: number, column: number) => symbol[row - QUIET_ZONE]?.[column - QUIET_ZONE] ?? false
  const lines = Array.from({ length: Math.ceil(size / 2) }, (_, line) => {
    const cells = Array.from({ length: size }, (_, column) => {
      const [upper, lower] = [isDark(2 * line, column), isDark(2 * line + 1, column)]
      if (upper) return lower ? '█' : '▀'
      return lower ? '▄' : ' '
    })
    return `${BLACK_ON_WHITE}${cells.join('')}${RESET}\n`
  })
  return lines.join('')
}
