import { keyOfCode, keyOfFinal, keyOfNumber, keypadOfFinal } from './key-tables.ts'

interface Pressed {
  /** Bits of xterm's and kitty's modifier number, less one. */
  readonly modifiers: number
  readonly key: string
}

const shift = 1
const alt = 2
const ctrl = 4
const modifierNames: readonly (readonly [bit: number, name: string])[] = [
  [ctrl, 'Ctrl'],
  [alt, 'Alt'],
  [shift, 'Shift'],
  [8, 'Super'],
  [16, 'Hyper'],
  [32, 'Meta'],
]
/** rxvt says the modifier with the last byte: `CSI 23 ^` is Ctrl+F11. */
const modifiersOfFinal: Readonly<Record<string, number>> = { '~': 0, $: shift, '^': ctrl, '@': ctrl | shift }

/** A character as a person reads it; blanks, controls and other invisible ones by their code point. */
function characterName(character: string): string {
  if (character === ' ') return 'Space'
  if (!/[\p{C}\p{Z}]/u.test(character)) return character
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

function controlKey(byte: number): Pressed {
  if (byte === 0x09) return { modifiers: 0, key: 'Tab' }
  if (byte === 0x0d) return { modifiers: 0, key: 'Enter' }
  if (byte === 0x1b) return { modifiers: 0, key: 'Esc' }
  if (byte === 0x7f) return { modifiers: 0, key: 'Backspace' }
  return { modifiers: ctrl, key: byte === 0 ? 'Space' : String.fromCharCode(byte + 0x40) }
}

/** A key given by its code point; `shifted` is what the layout makes of it with Shift, where the terminal says so. */
function codeKey(code: number, modifiers: number, shifted: number | undefined): Pressed {
  const named = keyOfCode[code]
  if (named !== undefined) return { modifiers, key: named }
  if (code < 0x20) return { ...controlKey(code), modifiers: controlKey(code).modifiers | modifiers }
  if (code > 0x10_ffff) return { modifiers, key: `U+${code.toString(16).toUpperCase()}` }
  const character = String.fromCodePoint(code)
  if ((modifiers & ctrl) !== 0) return { modifiers, key: characterName(character.toUpperCase()) }
  const upper = shifted === undefined ? character.toUpperCase() : String.fromCodePoint(Math.min(shifted, 0x10_ffff))
  // `A` was typed with Shift, and reads as `A` whichever protocol the terminal speaks.
  if ((modifiers & shift) !== 0 && upper !== character) return { modifiers: modifiers & ~shift, key: upper }
  return { modifiers, key: characterName(character) }
}

/** `CSI parameters final`; undefined where it is no key that we know. */
function controlSequenceKey(parameters: string, final: string): Pressed | undefined {
  const fields = parameters.split(';').map((field) => field.split(':').map(Number))
  const [code = 0, shifted] = fields[0] ?? []
  const modifiers = Math.max((fields[1]?.[0] ?? 1) - 1, 0)
  if (final === 'u') return codeKey(code, modifiers, shifted || undefined)
  if (final === '~' && code === 27 && fields.length === 3) return codeKey(fields[2]?.[0] ?? 0, modifiers, undefined)
  const implied = modifiersOfFinal[final]
  const numbered = keyOfNumber[code]
  if (implied !== undefined)
    return numbered === undefined ? undefined : { modifiers: modifiers | implied, key: numbered }
  const key = keyOfFinal[final]
  if (key !== undefined) return { modifiers: final === 'Z' ? modifiers | shift : modifiers, key }
  const arrow = /^[a-d]$/.test(final) ? keyOfFinal[final.toUpperCase()] : undefined
  return arrow === undefined ? undefined : { modifiers: shift, key: arrow }
}

function singleShiftKey(modifier: string, final: string): Pressed | undefined {
  const arrow = /^[a-d]$/.test(final) ? keyOfFinal[final.toUpperCase()] : undefined
  if (arrow !== undefined) return { modifiers: ctrl, key: arrow }
  const key = keyOfFinal[final] ?? keypadOfFinal[final]
  return key === undefined ? undefined : { modifiers: modifier === '' ? 0 : Number(modifier) - 1, key }
}

function escapedKey(bytes: Buffer): Pressed | undefined {
  const text = bytes.toString('latin1', 1)
  const linux = /^\[\[([A-E])$/.exec(text)
  if (linux?.[1] !== undefined) return { modifiers: 0, key: `F${linux[1].charCodeAt(0) - 0x40}` }
  const sequence = /^\[([\d:;]*)([$@-~])$/.exec(text)
  if (sequence !== null && text.length > 1) return controlSequenceKey(sequence[1] ?? '', sequence[2] ?? '')
  const single = /^O([1-9]?)([A-Za-z])$/.exec(text)
  if (single !== null) return singleShiftKey(single[1] ?? '', single[2] ?? '')
  const meta = pressed(bytes.subarray(1))
  return meta && { modifiers: meta.modifiers | alt, key: meta.key }
}

/** Undefined where the bytes are more than one key, or none that we know. */
function pressed(bytes: Buffer): Pressed | undefined {
  const [first = 0] = bytes
  if (first === 0x1b && bytes.length > 1) return escapedKey(bytes)
  if (bytes.length === 1 && (first < 0x20 || first === 0x7f)) return controlKey(first)
  if (bytes.length === 1 && first >= 0x80) return { modifiers: 0, key: `0x${first.toString(16).toUpperCase()}` }
  const character = bytes.toString()
  if (!/^[^\ufffd]$/u.test(character)) return undefined
  return { modifiers: 0, key: characterName(character) }
}

/**
 * The name a person reads for the bytes of one keystroke: `a`, `Space`, `Ctrl+C`, `F10`, `↑`, `Shift+Tab`, `Alt+x`,
 * `paste`. A sequence that no table knows is shown as it came: `ESC [99z`.
 */
export function keyName(bytes: Buffer): string {
  const key = pressed(bytes)
  if (key !== undefined) {
    const held = modifierNames.filter(([bit]) => (key.modifiers & bit) !== 0).map(([, name]) => `${name}+`)
    return held.join('') + key.key
  }
  const text = bytes.toString('latin1')
  if (!text.startsWith('\x1b') || /\[20[01]~/.test(text)) return 'paste'
  return `ESC ${text.slice(1).replaceAll(/[^ -~]/g, (odd) => `\\x${odd.charCodeAt(0).toString(16).padStart(2, '0')}`)}`
}
