import { expect, test } from 'vitest'
import { createInputTokenizer } from '#gateway/recording/input-tokenizer.ts'
import { keyName } from '#gateway/recording/key-name.ts'
import keyVectors from '../fixtures/key-vectors.json' with { type: 'json' }

/** What was pressed, as a person reads it; reports are named by their kind. */
const expected: Record<string, readonly string[]> = {
  'Ctrl+C': ['Ctrl+C'],
  'Alt+.': ['Alt+.'],
  'Up (CSI)': ['↑'],
  'Up (SS3 app mode)': ['↑'],
  'Ctrl+Right': ['Ctrl+→'],
  'F1 SS3': ['F1'],
  'F1 linux': ['F1'],
  F5: ['F5'],
  F12: ['F12'],
  'Shift+F5': ['Shift+F5'],
  Home: ['Home'],
  'Home vt': ['Home'],
  End: ['End'],
  Delete: ['Delete'],
  PgUp: ['PgUp'],
  'Shift+Tab': ['Shift+Tab'],
  Backspace: ['Backspace'],
  'Ctrl+H': ['Ctrl+H'],
  Tab: ['Tab'],
  Enter: ['Enter'],
  'Ctrl+J': ['Ctrl+J'],
  'Esc alone': ['Esc'],
  'é utf8': ['é'],
  '😀': ['😀'],
  'Ctrl+Space (NUL)': ['Ctrl+Space'],
  'Ctrl+\\': ['Ctrl+\\'],
  'Ctrl+]': ['Ctrl+]'],
  'Ctrl+_': ['Ctrl+_'],
  '3 chars in one read': ['a', 'b', 'c'],
  'paste bracketed': ['paste'],
  'kitty a+ctrl': ['Ctrl+A'],
  'kitty shift+enter': ['Shift+Enter'],
  'kitty release': ['(release)'],
  'kitty func F13': ['F13'],
  'modifyOtherKeys ctrl+;': ['Ctrl+;'],
  'SGR mouse': ['(mouse)'],
  'X10 mouse': ['(mouse)'],
  'focus in': ['(focus)'],
  'DA reply': ['(reply)'],
  'CPR reply': ['(reply)'],
  'OSC 11 reply': ['(reply)'],
  'DCS XTVERSION reply': ['(reply)'],
  'Alt+Up': ['Alt+↑'],
  'up+up in one read': ['↑', '↑'],
  'split CSI': ['Ctrl+→'],
  'split UTF-8': ['é'],
}

function pressed(reads: readonly Buffer[]): string[] {
  const tokenizer = createInputTokenizer()
  const tokens = [...reads.flatMap((read) => tokenizer.push(read)), ...tokenizer.flush()]
  expect(Buffer.concat(tokens.map(({ bytes }) => bytes))).toEqual(Buffer.concat(reads))
  return tokens.map(({ kind, bytes }) => (kind === 'key' || kind === 'paste' ? keyName(bytes) : `(${kind})`))
}

test('every vector has an expectation', () => {
  expect(keyVectors.vectors.map(({ name }) => name).toSorted()).toEqual(Object.keys(expected).toSorted())
})

test.each(keyVectors.vectors)('names $name, read as it came and cut at every byte', ({ name, reads }) => {
  const whole = Buffer.from(reads.join(''), 'hex')
  expect(pressed(reads.map((read) => Buffer.from(read, 'hex')))).toEqual(expected[name])
  expect(pressed([whole])).toEqual(expected[name])
  expect(pressed([...whole].map((byte) => Buffer.of(byte)))).toEqual(expected[name])
  for (let cut = 1; cut < whole.length; cut++) {
    expect(pressed([whole.subarray(0, cut), whole.subarray(cut)])).toEqual(expected[name])
  }
})

test.each([
  ['a', 'a'],
  ['A', 'A'],
  [' ', 'Space'],
  ['я', 'я'],
  ['\x1bx', 'Alt+x'],
  ['\x1bя', 'Alt+я'],
  ['\x1b\x7f', 'Alt+Backspace'],
  ['\x1b\r', 'Alt+Enter'],
  ['\x1b\x03', 'Ctrl+Alt+C'],
  ['\x1b[', 'Alt+['],
  ['\x1bO', 'Alt+O'],
  ['\x1b[21~', 'F10'],
  ['\x1b[34~', 'F20'],
  ['\x1b[B', '↓'],
  ['\x1b[1;2R', 'Shift+F3'],
  ['\x1b[1;6D', 'Ctrl+Shift+←'],
  ['\x1b[3;5~', 'Ctrl+Delete'],
  ['\x1b[a', 'Shift+↑'],
  ['\x1bOd', 'Ctrl+←'],
  ['\x1b[23^', 'Ctrl+F11'],
  ['\x1b[23$', 'Shift+F11'],
  ['\x1bO5P', 'Ctrl+F1'],
  ['\x1bOp', 'Keypad 0'],
  ['\x1bOM', 'Keypad Enter'],
  ['\x1b[[E', 'F5'],
  ['\x1b[97;2u', 'A'],
  ['\x1b[49:33;2u', '!'],
  ['\x1b[97;6u', 'Ctrl+Shift+A'],
  ['\x1b[120;3u', 'Alt+x'],
  ['\x1b[57441;2u', 'Shift+Shift'],
  ['\x1b[27;2;13~', 'Shift+Enter'],
  ['\u202e', 'U+202E'],
  ['\u0085', 'U+0085'],
  ['\x1b[99z', 'ESC [99z'],
  ['\x1b[200~ls\x1b[201~', 'paste'],
])('reads %j as %s', (bytes, name) => {
  expect(keyName(Buffer.from(bytes))).toBe(name)
})

test('shows a byte that is no UTF-8 by its number', () => {
  expect(keyName(Buffer.of(0xff))).toBe('0xFF')
})
