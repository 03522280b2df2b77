import { describe, expect, it } from 'vitest'
import type { KeystrokeView } from '#shared/api.ts'
import { keyText } from '../../replay-ui/keystrokes/key-text.ts'
import { keystrokeRows } from '../../replay-ui/keystrokes/keystroke-rows.ts'

describe('keystrokes on the page', () => {
  it('begin a new row after Enter', () => {
    expect(rowsOf([key('l', 0), key('Enter', 1), key('w', 2)])).toEqual(['l Enter', 'w'])
  })

  it('begin a new row after a pause of more than 5 seconds', () => {
    expect(rowsOf([key('a', 0), key('b', 5), key('c', 10.000_001)])).toEqual(['a b', 'c'])
  })

  it('begin a new row after 80 keys', () => {
    const rows = keystrokeRows(Array.from({ length: 161 }, (_, second) => key('x', second)))
    expect(rows.map((row) => [row.first, row.keys.length])).toEqual([
      [0, 80],
      [80, 80],
      [160, 1],
    ])
  })

  it.each([
    ['a', 'a', { kind: 'character', text: 'a' }],
    ['😀', '😀', { kind: 'character', text: '😀' }],
    ['Space', ' ', { kind: 'character', text: '␣' }],
    ['↑', '\x1b[A', { kind: 'named', text: '↑' }],
    ['Ctrl+C', '\x03', { kind: 'named', text: 'Ctrl+C' }],
    ['paste', '\x1b[200~ls -l\x1b[201~', { kind: 'named', text: 'paste', pasted: 'ls -l' }],
  ])('show %s', (name, sent, shown) => {
    expect(keyText(key(name, 0, sent))).toEqual(shown)
  })
})

function rowsOf(keys: readonly KeystrokeView[]): readonly string[] {
  return keystrokeRows(keys).map((row) => row.keys.map(({ name }) => name).join(' '))
}

function key(name: string, atS: number, sent = name): KeystrokeView {
  return { seq: 0, atUs: Math.round(atS * 1e6), replayUs: 0, name, bytes: Buffer.from(sent).toString('base64') }
}
