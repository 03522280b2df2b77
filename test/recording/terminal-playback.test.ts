import { expect, test } from 'vitest'
import { createScreen } from '#gateway/recording/screen.ts'
import { type PlaybackOptions, TERMINAL_RESTORED, playInTerminal } from '#gateway/recording/terminal-playback.ts'
import { type Happened, ptyRequest, recorded, shellRequest } from './recorded.ts'
import { createNoise } from './terminal-noise.ts'

const terminal: readonly Happened[] = [
  [0, 'request', ptyRequest(40, 10)],
  [0, 'request', shellRequest],
]

/** What was written, and how long it slept before each piece. */
async function played(happened: readonly Happened[], options: Partial<PlaybackOptions> = {}) {
  const pieces: { readonly afterMs: number; readonly text: string }[] = []
  let sleptMs = 0
  const playback = playInTerminal(recorded([...terminal, ...happened]), {
    size: { columns: 80, rows: 24 },
    viewer: { columns: 60, rows: 20 },
    speed: 1,
    idleUs: 0,
    startUs: 0,
    showKeys: false,
    sleep: (ms) => {
      sleptMs += ms
      return Promise.resolve()
    },
    ...options,
  })
  for await (const text of playback) pieces.push({ afterMs: sleptMs, text })
  return pieces
}

/** What the viewer sees before the terminal is given back. */
async function shown(pieces: readonly { readonly text: string }[], viewer = { columns: 60, rows: 20 }) {
  const screen = createScreen(viewer.columns, viewer.rows)
  for (const { text } of pieces.slice(0, -1)) await screen.write(text)
  const { active } = screen.terminal.buffer
  return Array.from({ length: viewer.rows }, (_, row) => active.getLine(row)!.translateToString(true))
}

/** Everything a playback may write: characters, and these. */
const ours = /\x1b\[(\d+;\d+H|[\d;]*m|\d+G|2[JK]|\?(1049|25|7)[hl])/g // oxlint-disable-line no-control-regex

test.each([
  ['the clipboard', '\x1b]52;c;ZXZpbA==\x07'],
  ['the title', '\x1b]0;evil\x07\x1b]2;evil\x1b\\'],
  ['a notification', '\x1b]9;evil\x07\x1b]777;notify;evil;evil\x07'],
  ['a hyperlink', '\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\'],
  ['the palette', '\x1b]4;1;?\x07\x1b]11;?\x07'],
  ['a device string', '\x1bP$q"p\x1b\\\x1bP+q544e\x1b\\'],
  ['a kitty image', '\x1b_Ga=T,f=100;AAAA\x1b\\'],
  ['a private message', '\x1b^evil\x1b\\\x1bXevil\x1b\\'],
  ['device attributes', '\x1b[c\x1b[>c\x1b[=c\x1bZ'],
  ['status and cursor reports', '\x1b[5n\x1b[6n\x1b[?6n\x1b[18t\x1b[21t'],
  ['mode requests', '\x1b[?2026$p\x1b[>q\x1b[?u'],
  ['the answerback', '\x05'],
  ['mouse, focus and paste modes', '\x1b[?1000h\x1b[?1003h\x1b[?1006h\x1b[?1004h\x1b[?2004h'],
  ['keyboard modes', '\x1b[?1h\x1b=\x1b[>4;2m\x1b[>1u\x1b[?9001h\x1b[2h'],
  ['the window', '\x1b[8;1;1t\x1b[2t\x1b[3;0;0t'],
  ['the printer', '\x1b[5i\x1b[4i'],
  ['the scrollback', '\x1b[3J'],
  ['a reset', '\x1bc\x1b[!p'],
  ['the character set', '\x1b(0\x0e\x1b%G'],
  ['controls of the second row', '\u0090evil\u009c\u009b5n\u009d52;c;ZXZpbA==\u009c'],
  ['a sequence that never ends', '\x1b]52;c;'],
  ['a sequence cut by another', '\x1b[\x1b]52;c;ZXZpbA==\x07\x1b[6\x18n'],
])('lets the recording reach nothing of the viewer: %s', async (_name, attack) => {
  const pieces = await played([
    [1, 'output', attack],
    [2, 'output', ` after ${attack}`],
  ])
  const written = pieces.map(({ text }) => text).join('')
  expect(written.replaceAll(ours, '')).not.toMatch(/[\p{Cc}]/u)
  expect(written).not.toContain('ZXZpbA')
})

test('writes only sequences of its own, whatever a terminal was sent', async () => {
  const noise = createNoise(11)
  const pieces = await played(Array.from({ length: 40 }, (_, n): Happened => [n * 50_000, 'output', noise.text(400)]))
  expect(
    pieces
      .map(({ text }) => text)
      .join('')
      .replaceAll(ours, ''),
  ).not.toMatch(/[\p{Cc}]/u)
})

test('shows what the recorded screen showed', async () => {
  const pieces = await played([
    [100_000, 'output', 'one\r\n\x1b[1;31mtwo\x1b[m\r\n漢字'],
    [900_000, 'output', '\x1b[2;1Hzwei\x1b[K'],
  ])
  expect((await shown(pieces)).slice(0, 4)).toEqual(['one', 'zwei', '漢字', ''])
})

test('gives the terminal back at the end', async () => {
  expect((await played([])).at(-1)!.text).toBe(TERMINAL_RESTORED)
})

test.each([
  [1, 0, 10_000],
  [4, 0, 2_500],
  [1, 1_000_000, 2_000],
  [2, 1_000_000, 1_000],
])('at speed %d with pauses of at most %d µs takes %d ms', async (speed, idleUs, ms) => {
  const pieces = await played(
    [
      [1_000_000, 'output', 'a'],
      [10_000_000, 'output', 'b'],
    ],
    { speed, idleUs },
  )
  expect(Math.round(pieces.at(-1)!.afterMs)).toBe(ms)
})

test('starts where it is told, with the screen of that moment', async () => {
  const happened: Happened[] = [
    [1_000_000, 'output', 'early'],
    [5_000_000, 'output', ' late'],
  ]
  const pieces = await played(happened, { startUs: 3_000_000 })
  expect(pieces.at(-1)!.afterMs).toBe(2_000)
  expect((await shown(pieces.slice(0, 3)))[0]).toBe('early')
  expect((await shown(pieces))[0]).toBe('early late')
})

test('names the keys in the last row when asked', async () => {
  const happened: Happened[] = [
    [1_000_000, 'input', 'l\x1b[A\x03'],
    [2_000_000, 'output', 'x'],
  ]
  expect((await shown(await played(happened, { showKeys: true }))).at(-1)).toBe('0:02  l  ↑  Ctrl+C')
  expect((await shown(await played(happened))).at(-1)).toBe('0:02')
})

test('keeps the cursor in view where the viewer has fewer rows', async () => {
  const viewer = { columns: 10, rows: 4 }
  const pieces = await played([[100_000, 'output', `${'-'.repeat(30)}\r\n2\r\n3\r\n4\r\n5`]], { viewer })
  expect(await shown(pieces, viewer)).toEqual(['3', '4', '5', '0:00'])
})
