import { describe, expect, it } from 'vitest'
import { cellsOf, fitCells, harmless, wrapCells } from '#gateway/ssh/menu/cell-text.ts'
import { createScreen } from '#gateway/recording/screen.ts'

describe('harmless text', () => {
  it.each([
    ['a\x1b[2Jb', 'a�[2Jb', 'a?[2Jb'],
    ['a\r\n\tb', 'a b', 'a b'],
    ['user\u202Eexe', 'user�exe', 'user?exe'],
    ['zero\u200Bwidth', 'zero�width', 'zero?width'],
    ['c1 \u009b31m', 'c1 �31m', 'c1 ?31m'],
    ['lone \ud800', 'lone �', 'lone ?'],
    ['Привет, 世界', 'Привет, 世界', '??????, ??'],
    ['plain ~', 'plain ~', 'plain ~'],
  ])('of %j is %j, and %j without UTF-8', (text, utf8, ascii) => {
    expect(harmless(text, true)).toBe(utf8)
    expect(harmless(text, false)).toBe(ascii)
  })
})

it('takes as many cells as a terminal gives it', async () => {
  for (const text of [
    'abc',
    'Привет',
    '世界',
    'ｱ',
    '한국어',
    'e\u0301',
    '🦊',
    '→',
    '（）',
    '…',
    'あいう',
    '①',
    'ế',
    '👍🏽',
  ]) {
    const screen = createScreen(40, 2)
    await screen.write(text)
    expect([text, cellsOf(text)]).toEqual([text, screen.terminal.buffer.active.cursorX])
    screen.dispose()
  }
})

it.each([
  ['abc', 3, 'abc'],
  ['abc', 4, 'abc '],
  ['abcd', 3, 'ab…'],
  ['世界', 4, '世界'],
  ['世界人', 5, '世界…'],
  ['世界人', 4, '世… '],
  ['abc', 1, '…'],
  ['abc', 0, ''],
])('%j fits in %i cells as %j', (text, cells, fitted) => {
  expect(fitCells(text, cells, true)).toBe(fitted)
  expect(cellsOf(fitted)).toBe(cells)
})

it('marks what was cut without UTF-8 too', () => {
  expect(fitCells('abcd', 3, false)).toBe('ab~')
})

it.each([
  ['one two three', 7, ['one two', 'three']],
  ['one two three', 6, ['one', 'two', 'three']],
  ['abcdefgh', 3, ['abc', 'def', 'gh']],
  ['a bcdefg', 3, ['a', 'bcd', 'efg']],
  ['世界人', 3, ['世', '界', '人']],
  ['', 5, ['']],
])('%j in %i cells is %j', (text, cells, lines) => {
  expect(wrapCells(text, cells)).toEqual(lines)
})
