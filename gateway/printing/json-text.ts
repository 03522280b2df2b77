/** What `--json` prints, with its line end. Safe to show: JSON leaves DEL and the C1 controls as they are; a terminal
 * takes U+009B for the start of a command. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, null, 2).replace(
    /[\u007F-\u009F]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  )
  return `${text}\n`
}
