/** Keys by the last byte of `CSI … X` and `SS3 X` (xterm, "PC-Style Function Keys"). */
export const keyOfFinal: Readonly<Record<string, string>> = {
  A: '↑',
  B: '↓',
  C: '→',
  D: '←',
  E: 'Keypad 5',
  F: 'End',
  H: 'Home',
  P: 'F1',
  Q: 'F2',
  R: 'F3',
  S: 'F4',
  Z: 'Tab',
}

/** The keypad in application mode, `SS3 X`. */
export const keypadOfFinal: Readonly<Record<string, string>> = {
  M: 'Keypad Enter',
  X: 'Keypad =',
  j: 'Keypad *',
  k: 'Keypad +',
  l: 'Keypad ,',
  m: 'Keypad -',
  n: 'Keypad .',
  o: 'Keypad /',
  ...Object.fromEntries('pqrstuvwxy'.split('').map((final, digit) => [final, `Keypad ${digit}`])),
}

/** Keys by the number in `CSI n ~` (VT220, xterm, rxvt). */
export const keyOfNumber: Readonly<Record<number, string>> = {
  1: 'Home',
  2: 'Insert',
  3: 'Delete',
  4: 'End',
  5: 'PgUp',
  6: 'PgDn',
  7: 'Home',
  8: 'End',
  ...functionKeys(1, [11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24, 25, 26, 28, 29, 31, 32, 33, 34]),
}

/** Keys by the code point in `CSI … u` (kitty keyboard protocol, "Functional key definitions"). */
export const keyOfCode: Readonly<Record<number, string>> = {
  9: 'Tab',
  13: 'Enter',
  27: 'Esc',
  32: 'Space',
  127: 'Backspace',
  ...namesFrom(57_358, ['CapsLock', 'ScrollLock', 'NumLock', 'PrintScreen', 'Pause', 'Menu']),
  ...functionKeys(
    13,
    Array.from({ length: 23 }, (_, index) => 57_376 + index),
  ),
  ...namesFrom(
    57_399,
    [
      ...'0123456789./*-+'.split(''),
      'Enter',
      '=',
      ',',
      '←',
      '→',
      '↑',
      '↓',
      'PgUp',
      'PgDn',
      'Home',
      'End',
      'Insert',
      'Delete',
      '5',
    ].map((key) => `Keypad ${key}`),
  ),
  ...namesFrom(57_428, ['Play', 'Pause', 'Play/Pause', 'Reverse', 'Stop', 'Fast-Forward', 'Rewind']),
  ...namesFrom(57_435, ['Next Track', 'Previous Track', 'Record', 'Volume Down', 'Volume Up', 'Mute']),
  ...namesFrom(57_441, ['Shift', 'Ctrl', 'Alt', 'Super', 'Hyper', 'Meta']),
  ...namesFrom(57_447, ['Right Shift', 'Right Ctrl', 'Right Alt', 'Right Super', 'Right Hyper', 'Right Meta']),
  ...namesFrom(57_453, ['AltGr', 'Level 5 Shift']),
}

function functionKeys(first: number, codes: readonly number[]): Record<number, string> {
  return Object.fromEntries(codes.map((code, index) => [code, `F${first + index}`]))
}

function namesFrom(first: number, names: readonly string[]): Record<number, string> {
  return Object.fromEntries(names.map((name, index) => [first + index, name]))
}
