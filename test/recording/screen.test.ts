import { expect, test } from 'vitest'
import { type Screen, createScreen } from '#gateway/recording/screen.ts'
import { coreOf } from '#gateway/recording/terminal-core.ts'
import { createNoise } from './terminal-noise.ts'
import { whatIsSeen } from './what-is-seen.ts'

async function restored(screen: Screen): Promise<Screen> {
  const copy = createScreen(screen.terminal.cols, screen.terminal.rows)
  await copy.write(screen.snapshot())
  return copy
}

function rows({ terminal }: Screen): string[] {
  const { active } = terminal.buffer
  return Array.from({ length: terminal.rows }, (_, row) => active.getLine(row)!.translateToString(true))
}

test.each(Array.from({ length: 100 }, (_, index) => index + 1))(
  'a terminal made from a snapshot shows and continues the same, seed %i',
  async (seed) => {
    const noise = createNoise(seed)
    const screen = createScreen(20 + noise.pick(60), 10 + noise.pick(20))
    await screen.write(noise.text(noise.pick(3000)))
    const copy = await restored(screen)
    expect(whatIsSeen(copy)).toEqual(whatIsSeen(screen))
    expect(copy.snapshot()).toBe(screen.snapshot())
    const more = noise.text(500)
    await screen.write(more)
    await copy.write(more)
    expect(whatIsSeen(copy)).toEqual(whatIsSeen(screen))
  },
)

test.each([
  ['the scroll region', '\x1b[2;4r\x1b[4;1H', 'a\r\nb\r\nc'],
  ['the saved cursor with its pen', '\x1b[3;5H\x1b[1;31m\x1b7\x1b[m\x1b[H', '\x1b8here'],
  ['line drawing of G0', '\x1b(0', 'lqqk'],
  ['line drawing of G1, in use', '\x1b)0\x0e', 'lqqk\x0flqqk'],
  ['line drawing of G1, not in use', '\x1b)0', 'lqqk\x0elqqk'],
  ['tab stops', '\x1b[3g\x1b[1;4H\x1bH\r', '\tx\ty'],
  ['origin mode', '\x1b[2;4r\x1b[?6h', '\x1b[1;1Hx'],
  ['a cursor that waits to wrap', 'x'.repeat(20), 'y'],
  ['a wide character that waits to wrap', `${'x'.repeat(18)}漢`, 'y'],
  ['wrapping switched off', '\x1b[?7l', 'x'.repeat(30)],
  ['insert mode', 'abc\r\x1b[4h', 'x'],
  ['the normal screen behind the alternate one', 'shell\x1b[31m\x1b[?1049h\x1b[2Jvim', '\x1b[?1049l$'],
  ['what a hidden cursor hides', '\x1b[?25l', 'x'],
])('a snapshot keeps %s', async (_name, before, after) => {
  const screen = createScreen(20, 6)
  await screen.write(before)
  const copy = await restored(screen)
  await screen.write(after)
  await copy.write(after)
  expect(whatIsSeen(copy)).toEqual(whatIsSeen(screen))
  expect(copy.snapshot()).toBe(screen.snapshot())
})

test('knows whether it is inside a sequence', async () => {
  const screen = createScreen(20, 6)
  for (const [text, between] of [
    ['a\x1b', false],
    ['[1', false],
    ['m', true],
    ['\x1b]0;t', false],
    ['\x07', true],
  ] as const) {
    await screen.write(text)
    expect(screen.isBetweenSequences()).toBe(between)
  }
})

test.each(['L', 'M', 'S', 'T', 'I', 'Z', 'b', '@', 'P', 'X'])('outlives a hostile count of CSI %s', async (final) => {
  const screen = createScreen(20, 6)
  await screen.write(`top\x1b[2147483647${final}\x1b[m`)
  const same = createScreen(20, 6)
  await same.write(`top\x1b[120${final}`)
  expect(rows(screen)).toEqual(rows(same))
})

test('erases everything when the cursor is in the last corner, where xterm itself fails', async () => {
  for (const erase of ['\x1b[1J', '\x1b[?1J']) {
    const screen = createScreen(20, 2)
    await screen.write(`${'x'.repeat(40)}${erase}\x1b[Hy`)
    expect(rows(screen)).toEqual(['y', ''])
  }
})

test('finds in xterm what its public interface leaves out', () => {
  const core = coreOf(createScreen(20, 6).terminal)
  const { _inputHandler: handler, _bufferService: service, _charsetService: charsets } = core
  expect(handler).toMatchObject({
    parse: expect.any(Function),
    eraseInDisplay: expect.any(Function),
    insertLines: expect.any(Function),
    deleteLines: expect.any(Function),
    scrollUp: expect.any(Function),
    scrollDown: expect.any(Function),
    repeatPrecedingCharacter: expect.any(Function),
    cursorForwardTab: expect.any(Function),
    cursorBackwardTab: expect.any(Function),
    _parser: { currentState: 0, reset: expect.any(Function) },
    _curAttrData: { isBold: expect.any(Function) },
  })
  expect(service.buffers.active).toMatchObject({
    scrollTop: 0,
    scrollBottom: 5,
    savedX: 0,
    savedY: 0,
    tabs: { 8: true },
  })
  expect(charsets).toMatchObject({ glevel: 0, _charsets: [] })
  expect(core.coreService.isCursorHidden).toBe(false)
})

test('puts a column number behind characters whose width terminals disagree about', async () => {
  const screen = createScreen(20, 2)
  await screen.write('e\u0301漢x')
  expect(screen.snapshot()).toContain('e\u0301\x1b[2G漢\x1b[4Gx')
})

test('keeps a hostile size in bounds', () => {
  const { terminal } = createScreen(4_294_967_295, 4_294_967_295)
  expect([terminal.cols, terminal.rows]).toEqual([1000, 500])
})

test('gives emoji two columns, as the player does', async () => {
  const screen = createScreen(20, 6)
  await screen.write('😀')
  expect(screen.terminal.buffer.active.cursorX).toBe(2)
})
