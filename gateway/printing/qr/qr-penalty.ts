import type { QrSymbol } from './qr-symbol.ts'

/** Points of ISO/IEC 18004 §7.8.3.1: a run of five or more, a block of 2 × 2, what looks like a finder, each 5 % off half. */
const RUN = 3
const BLOCK = 3
const FINDER_LIKE = 40
const IMBALANCE = 10

/** How hard a symbol is to read; the mask with the lowest is taken. */
export function penalty(symbol: QrSymbol): number {
  const columns = symbol.map((_, column) => symbol.map((row) => row[column]!))
  const lines = [...symbol, ...columns].map((line) => line.map((dark) => (dark ? '1' : '0')).join(''))
  const ofLines = lines.reduce((sum, line) => sum + runs(line) + finders(line), 0)
  return ofLines + blocks(symbol) + imbalance(symbol)
}

function runs(line: string): number {
  return (line.match(/0{5,}|1{5,}/g) ?? []).reduce((sum, run) => sum + RUN + run.length - 5, 0)
}

function finders(line: string): number {
  return FINDER_LIKE * (line.match(/(?=10111010000|00001011101)/g) ?? []).length
}

function blocks(symbol: QrSymbol): number {
  let points = 0
  for (const [at, row] of symbol.slice(1).entries()) {
    for (const [column, dark] of row.slice(1).entries()) {
      const same = [row[column], symbol[at]![column], symbol[at]![column + 1]].every((other) => other === dark)
      if (same) points += BLOCK
    }
  }
  return points
}

function imbalance(symbol: QrSymbol): number {
  const modules = symbol.flat()
  const dark = modules.filter(Boolean).length
  return IMBALANCE * Math.floor(Math.abs((dark / modules.length) * 20 - 10))
}
