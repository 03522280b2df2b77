import fc from 'fast-check'
import { expect, onTestFinished, test, vi } from 'vitest'
import { TOKEN_MAX_BYTES, createInputTokenizer } from '#gateway/recording/input-tokenizer.ts'

function tokenize(...reads: readonly (Buffer | string)[]) {
  const tokenizer = createInputTokenizer()
  const tokens = [...reads.flatMap((read) => tokenizer.push(Buffer.from(read))), ...tokenizer.flush()]
  return tokens.map(({ kind, bytes }) => [kind, bytes.toString('latin1')])
}

test.each([
  ['primary device attributes', '\x1b[?62;22c'],
  ['secondary device attributes', '\x1b[>0;276;0c'],
  ['a cursor position', '\x1b[24;80R'],
  ['a cursor position in row 1 beyond the modifiers of F3', '\x1b[1;17R'],
  ['a status report', '\x1b[0n'],
  ['a window report', '\x1b[8;24;80t'],
  ['a mode report', '\x1b[?2026;2$y'],
  ['the flags of kitty', '\x1b[?1u'],
  ['a palette colour ended by ST', '\x1b]4;1;rgb:ffff/0000/0000\x1b\\'],
  ['a clipboard answer', '\x1b]52;c;aGVsbG8=\x07'],
  ['a window title', '\x1b]ltitle\x1b\\'],
  ['a setting (DECRQSS)', '\x1bP1$r0m\x1b\\'],
  ['a termcap answer (XTGETTCAP)', '\x1bP1+r544e=787465726d\x1b\\'],
  ['tertiary device attributes', '\x1bP!|00000000\x1b\\'],
  ['an answer of kitty graphics', '\x1b_Gi=31;OK\x1b\\'],
])('takes %s for no keystroke', (_name, reply) => {
  expect(tokenize(`a${reply}b`)).toEqual([
    ['key', 'a'],
    ['reply', reply],
    ['key', 'b'],
  ])
})

test('keeps Esc apart from a report that follows at once', () => {
  expect(tokenize('\x1b\x1b[24;80R')).toEqual([
    ['key', '\x1b'],
    ['reply', '\x1b[24;80R'],
  ])
  expect(tokenize('\x1b\x1b')).toEqual([
    ['key', '\x1b'],
    ['key', '\x1b'],
  ])
})

test('reads keys that follow a reply which broke off', () => {
  expect(tokenize('\x1b]11;rgb:00\rls')).toEqual([
    ['reply', '\x1b]11;rgb:00'],
    ['key', '\r'],
    ['key', 'l'],
    ['key', 's'],
  ])
})

test('gives invalid UTF-8 byte by byte and loses none', () => {
  expect(tokenize(Buffer.of(0xff, 0xc3, 0x41, 0xe2, 0x82))).toEqual([
    ['key', '\xff'],
    ['key', '\xc3'],
    ['key', 'A'],
    ['key', '\xe2\x82'],
  ])
})

test('gives a paste whole up to the limit and in pieces beyond it', () => {
  const marks = '\x1b[200~\x1b[201~'.length
  const whole = `\x1b[200~${'x'.repeat(TOKEN_MAX_BYTES - marks)}\x1b[201~`
  const longer = `\x1b[200~${'x'.repeat(TOKEN_MAX_BYTES)}\x1b[201~`
  expect(tokenize(whole)).toEqual([['paste', whole]])
  const pieces = tokenize(...longer.match(/[^]{1,100}/g)!, 'y')
  expect(pieces.map(([kind]) => kind)).toEqual(['paste', 'paste', 'key'])
  expect(pieces.map(([, bytes]) => bytes).join('')).toBe(`${longer}y`)
})

test('never cuts the end of a paste apart, wherever the limit falls', () => {
  for (let before = TOKEN_MAX_BYTES - 16; before <= TOKEN_MAX_BYTES; before++) {
    const tokens = tokenize(`\x1b[200~${'x'.repeat(before)}\x1b[201~`, 'ls')
    expect(tokens.slice(-2)).toEqual([
      ['key', 'l'],
      ['key', 's'],
    ])
    expect(tokens.slice(0, -2).every(([kind, bytes]) => kind === 'paste' && bytes!.length <= TOKEN_MAX_BYTES)).toBe(
      true,
    )
  }
})

test.each(['\x1b[200~', '\x1b]0;', '\x1b[', '\x1bP1', ''])(
  'bounds every token of input that never ends after %j',
  (start) => {
    const tokenizer = createInputTokenizer()
    const flood = Buffer.from('1'.repeat(1000))
    const tokens = tokenizer.push(Buffer.from(start))
    for (let written = 0; written < 200; written++) tokens.push(...tokenizer.push(flood))
    const delivered = tokens.reduce((sum, { bytes }) => sum + bytes.length, 0)
    expect(start.length + 200_000 - delivered).toBeLessThan(TOKEN_MAX_BYTES)
    expect(tokens.every(({ bytes }) => bytes.length <= TOKEN_MAX_BYTES)).toBe(true)
  },
)

test.each(['p', '\x1b'])('looks a few times at each %j of a paste, though each comes alone', (byte) => {
  const tokenizer = createInputTokenizer()
  tokenizer.push(Buffer.from('\x1b[200~'))
  const looking = vi.spyOn(Buffer.prototype, 'indexOf')
  onTestFinished(() => void vi.restoreAllMocks())
  const sent = 20_000
  for (let at = 0; at < sent; at++) tokenizer.push(Buffer.from(byte))
  const looked = (looking.mock.contexts as Buffer[]).reduce((sum, { length }) => sum + length, 0)
  expect(looked).toBeLessThan(20 * sent)
})

const fragments = [
  '\x1b',
  '[',
  'O',
  ']',
  'P',
  '_G',
  '200~',
  '201~',
  '1;5',
  'A',
  'M',
  '<0;1;1',
  '~',
  '\x07',
  '\\',
  'é',
  '\r',
  '\x1b[200~',
]

test('gives the same tokens however the input is cut, and every byte once', () => {
  const input = fc.array(
    fc.oneof(
      fc.constantFrom(...fragments).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 4 }),
    ),
  )
  fc.assert(
    fc.property(input, fc.array(fc.nat({ max: 60 })), (parts, cuts) => {
      const whole = Buffer.concat(parts)
      const at = [0, ...cuts.filter((cut) => cut < whole.length).toSorted((a, b) => a - b), whole.length]
      const reads = at.slice(1).map((end, index) => whole.subarray(at[index], end))
      expect(tokenize(...reads)).toEqual(tokenize(whole))
      expect(
        tokenize(whole)
          .map(([, bytes]) => bytes)
          .join(''),
      ).toBe(whole.toString('latin1'))
    }),
    { numRuns: 2000 },
  )
})
