import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { QR_BYTES_MAX, qrCode, qrCodeUnder } from '#gateway/printing/qr/qr-code.ts'
import { penalty } from '#gateway/printing/qr/qr-penalty.ts'
import type { QrSymbol } from '#gateway/printing/qr/qr-symbol.ts'
import { qrText } from '#gateway/printing/qr/qr-text.ts'

/** Made by libqrencode 4.1.1: every version and every mask that we draw. */
const fixture = z
  .array(z.object({ text: z.string(), mask: z.number(), rows: z.array(z.string()) }))
  .parse(JSON.parse(await readFile(new URL('../../fixtures/qr-codes.json', import.meta.url), 'utf8')))

function rowsOf(symbol: QrSymbol): string[] {
  return symbol.map((row) => row.map((dark) => (dark ? '#' : '.')).join(''))
}

describe('a QR code', () => {
  it.each(fixture)('of $text under mask $mask is the one that another encoder draws', ({ text, mask, rows }) => {
    expect(rowsOf(qrCodeUnder(mask, text))).toEqual(rows)
  })

  it('is under the mask that is easiest to read', () => {
    const { text } = fixture[4]!
    const penalties = [0, 1, 2, 3, 4, 5, 6, 7].map((mask) => penalty(qrCodeUnder(mask, text)))
    expect(penalty(qrCode(text))).toBe(Math.min(...penalties))
    expect(new Set(penalties).size).toBeGreaterThan(1)
  })

  it('carries what its size lets it, and says when a text is longer', () => {
    expect(qrCode('x'.repeat(QR_BYTES_MAX))).toHaveLength(41)
    expect(() => qrCode('x'.repeat(QR_BYTES_MAX + 1))).toThrow('135 bytes')
    expect(() => qrCode('Ж'.repeat(68))).toThrow('136 bytes')
    expect(qrCode('')).toHaveLength(21)
    expect([17, 18, 32, 33].map((length) => qrCode('x'.repeat(length)).length)).toEqual([21, 25, 25, 29])
  })
})

describe('what makes a QR code hard to read', () => {
  const symbol = (...rows: string[]): QrSymbol => rows.map((row) => Array.from(row, (module) => module === '#'))

  const checkered = Array.from({ length: 10 }, (_, row) => (row % 2 === 0 ? '#.#.#.#.#.#' : '.#.#.#.#.#.'))

  it.each([
    ['a run of five, and two twentieths too many dark', symbol('#####', '.#.#.', '#.#.#', '.#.#.', '#.#.#'), 3 + 20],
    ['a block of 2 × 2, and a twentieth too many dark', symbol('##.#', '##..', '..##', '#.#.'), 3 + 10],
    ['what looks like a finder', symbol('#.###.#....', ...checkered), 40],
  ])('is %s', (_, drawn, points) => {
    expect(penalty(drawn)).toBe(points)
  })
})

describe('a QR code on a terminal', () => {
  it('is dark on light in a quiet zone of four modules, two rows a line', () => {
    const lines = qrText([
      [true, false, false],
      [true, true, false],
      [false, true, true],
    ]).split('\n')
    const rows = ['', '', '    █▄', '     ▀▀', '', ''].map((row) => row.padEnd(11))
    expect(lines).toEqual([...rows.map((row) => `\x1b[38;5;16;48;5;231m${row}\x1b[0m`), ''])
  })
})
