/** A table as RFC 4180, heading first. */
export function formatCsv(heading: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [heading, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')
}

/**
 * Spreadsheets compute a text that begins like a formula (CWE-1236): an apostrophe in front keeps it text.
 * Numbers stay numbers.
 */
function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
