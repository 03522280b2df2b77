// Control characters and the marks that turn the direction of text: names, commands and notes come from
// strangers, and a terminal obeys what it is shown.
const unprintable = /[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu

/** The text on one line, with everything a terminal would obey shown as `\x1b` or `\u202e` instead. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    const code = character.charCodeAt(0)
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}
