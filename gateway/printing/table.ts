import { printable } from '#shared/printable.ts'

/** One column of a table for people. */
export interface Column<Item> {
  readonly title: string
  readonly right?: boolean
  text(item: Item): string
}

const GAP = '  '
/** Characters; a column is not cut below this. */
const NARROWEST = 8

/** Aligned lines under a heading. Where `width` (characters) is known, the widest columns are cut to fit into it. */
export function formatTable<Item>(
  items: readonly Item[],
  columns: readonly Column<Item>[],
  width: number | undefined,
): string {
  const rows = [
    columns.map((column) => column.title),
    ...items.map((item) => columns.map((column) => printable(column.text(item)))),
  ]
  const widths = fittingWidths(rows, width)
  const lines = rows.map((row) =>
    row
      .map((cell, index) => fill(cut(cell, widths[index]!), widths[index]!, columns[index]!.right ?? false))
      .join(GAP)
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

function fittingWidths(rows: readonly (readonly string[])[], width: number | undefined): number[] {
  const widths = rows[0]!.map((_, index) => rows.reduce((widest, row) => Math.max(widest, lengthOf(row[index]!)), 0))
  if (width === undefined) return widths
  let excess = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (widths.length - 1) - width
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths))
    if (widths[widest]! <= NARROWEST) break
    widths[widest]! -= 1
    excess -= 1
  }
  return widths
}

function lengthOf(text: string): number {
  return Array.from(text).length
}

function cut(text: string, width: number): string {
  const characters = Array.from(text)
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`
}

function fill(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(width - lengthOf(text))
  return right ? space + text : text + space
}
