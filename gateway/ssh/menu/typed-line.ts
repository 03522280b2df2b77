import { cellsOf, harmless } from './cell-text.ts'
import { typedCharacter } from './menu-state.ts'

/** A line that somebody types on a terminal which may not even move its cursor. */
export class TypedLine {
  readonly #utf8: () => boolean
  readonly #lengthMax: number
  #text = ''

  /** `lengthMax` in UTF-16 units; what is typed beyond is passed over. */
  constructor(utf8: () => boolean, lengthMax: number) {
    this.#utf8 = utf8
    this.#lengthMax = lengthMax
  }

  /** Takes a key by its name (`recording/key-name.ts`) and gives what it shows; keys that do not edit do nothing. */
  press(key: string): string {
    if (key === 'Backspace' || key === 'Ctrl+H') return this.#erase(1)
    if (key === 'Ctrl+U') return this.#erase(Infinity)
    const character = typedCharacter(key)
    if (character === undefined || this.#text.length + character.length > this.#lengthMax) return ''
    this.#text += character
    return harmless(character, this.#utf8())
  }

  /** What was typed, without spaces around it; the next line begins. */
  take(): string {
    const text = this.#text.trim()
    this.#text = ''
    return text
  }

  /** As it stands in the terminal. */
  get shown(): string {
    return harmless(this.#text, this.#utf8())
  }

  #erase(characters: number): string {
    const typed = Array.from(this.#text)
    const before = cellsOf(this.shown)
    this.#text = typed.slice(0, Math.max(typed.length - characters, 0)).join('')
    return '\b \b'.repeat(before - cellsOf(this.shown))
  }
}

/** Whether the key of this name ends a line. */
export function isEnter(key: string): boolean {
  return key === 'Enter' || key === 'Ctrl+J' || key === 'Keypad Enter'
}
