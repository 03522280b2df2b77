const PASTE = /^\x1b\[200~([\s\S]*?)(?:\x1b\[201~)?$/ // oxlint-disable-line no-control-regex -- terminals bracket so
const CONTROL = /[\x00-\x1f\x7f]/ // oxlint-disable-line no-control-regex -- what is no character

const BACKSPACE = '\x7f'
const CTRL_H = '\b'
const CTRL_U = '\x15'
/** Stands for what was typed in secret (masking/secret-mask.ts). */
const MASK = '•'

/** The text of a bracketed paste; undefined for anything else. */
export function bracketedPaste(key: string): string | undefined {
  return PASTE.exec(key)?.[1]
}

/** What the keys of one line spell, as long as they are characters: what Tab or ↑ make of it, only the screen knows. */
export class TypedLine {
  #text: string | undefined = ''
  /** Something of it was masked: it answered a prompt for a secret, and is no command. */
  isSecret = false
  /** A paste of several lines: the line goes on over rows of the screen. */
  hasRows = false

  press(key: string): void {
    if (key.includes(MASK)) this.isSecret = true
    const paste = bracketedPaste(key)
    if (paste !== undefined && /[\r\n]/.test(paste)) this.hasRows = true
    const text = paste ?? key
    if (key === CTRL_U) this.#text = ''
    else if (key === BACKSPACE || key === CTRL_H) this.#text = this.#text?.slice(0, -1)
    else if (CONTROL.test(text)) this.#text = undefined
    else if (this.#text !== undefined) this.#text += text
  }

  /** Undefined where a key was pressed that a program had to interpret. */
  get text(): string | undefined {
    return this.#text
  }
}
