import type { KeystrokeView } from '#shared/api.ts'

/** Keys that a person reads as one line: up to an Enter, a pause, or the width of the pane. */
export interface KeystrokeRow {
  /** Index in the whole list of the first key. */
  readonly first: number
  readonly keys: readonly KeystrokeView[]
}

/** A longer pause begins a new row. */
const PAUSE_US = 5_000_000
const KEYS_PER_ROW = 80

export function keystrokeRows(keystrokes: readonly KeystrokeView[]): readonly KeystrokeRow[] {
  const rows: { first: number; keys: KeystrokeView[] }[] = []
  for (const [index, key] of keystrokes.entries()) {
    const row = rows.at(-1)
    const before = row?.keys.at(-1)
    const goesOn =
      before !== undefined &&
      before.name !== 'Enter' &&
      key.atUs - before.atUs <= PAUSE_US &&
      row !== undefined &&
      row.keys.length < KEYS_PER_ROW
    if (goesOn) row.keys.push(key)
    else rows.push({ first: index, keys: [key] })
  }
  return rows
}
