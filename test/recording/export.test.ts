import { expect, test } from 'vitest'
import { exportCast } from '#gateway/recording/export-cast.ts'
import { exportJson } from '#gateway/recording/export-json.ts'
import { exportText } from '#gateway/recording/export-text.ts'
import { type Happened, collected, exitStatus, ptyRequest, recorded, shellRequest, windowChange } from './recorded.ts'

const size = { columns: 20, rows: 5 }
const header = {
  ...size,
  startedAt: new Date('2026-11-23T12:00:00.900Z'),
  title: 'root@web1.acme',
  terminalType: 'xterm',
}
const session: readonly Happened[] = [
  [1_200_000, 'open'],
  [1_200_001, 'request', ptyRequest(20, 5)],
  [1_200_002, 'request', shellRequest],
  [1_533_334, 'input', 'l\x1b[A'],
  [1_866_667, 'output', Buffer.from('é"\r\n').subarray(0, 1)],
  [2_200_000, 'output', Buffer.from('é"\r\n').subarray(1)],
  [2_300_000, 'targetRequest', exitStatus(7)],
  [2_400_000, 'close'],
]

async function cast(version: 2 | 3, happened = session) {
  const text = (await collected(exportCast(recorded(happened), header, version))).join('')
  expect(text.endsWith('\n')).toBe(true)
  const [head, ...events] = text.trimEnd().split('\n')
  return { head: JSON.parse(head!), events: events.map((line) => JSON.parse(line) as [number, string, string]) }
}

test('writes asciicast v3 with intervals since the event before', async () => {
  const { head, events } = await cast(3)
  expect(head).toEqual({
    version: 3,
    term: { cols: 20, rows: 5, type: 'xterm' },
    timestamp: Date.parse('2026-11-23T12:00:02Z') / 1000,
    title: 'root@web1.acme',
  })
  expect(events).toEqual([
    [0.000001, 'r', '20x5'],
    [0.333333, 'i', 'l'],
    [0, 'i', '\x1b[A'],
    [0.666666, 'o', 'é"\r\n'],
    [0.1, 'x', '7'],
  ])
})

test('writes asciicast v2 with times since its start and without the exit status', async () => {
  const { head, events } = await cast(2)
  expect(head).toMatchObject({ version: 2, width: 20, height: 5, env: { TERM: 'xterm' } })
  expect(events.map(([at, code]) => [at, code])).toEqual([
    [0.000001, 'r'],
    [0.333334, 'i'],
    [0.333334, 'i'],
    [1, 'o'],
  ])
})

test('adds intervals up to the time of the last event', async () => {
  const happened = Array.from({ length: 3000 }, (_, n): Happened => [n * 333, 'output', 'x'])
  const { events } = await cast(3, happened)
  const total = events.reduce((sum, [interval]) => sum + Math.round(interval * 1_000_000), 0)
  expect(total).toBe(2999 * 333)
})

test('writes a header even where nothing happened', async () => {
  expect((await cast(3, [])).events).toEqual([])
})

test('writes every event of every channel as JSON, byte for byte', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  const channels = [
    {
      about: { channel: 0, kind: 'shell' },
      events: recorded([
        [0, 'open'],
        [5, 'output', bytes],
      ]),
    },
    { about: {}, events: recorded([]) },
  ]
  const text = (await collected(exportJson({ id: 'x', channels: 2 }, channels))).join('')
  expect(JSON.parse(text)).toEqual({
    version: 1,
    session: { id: 'x', channels: 2 },
    channels: [
      {
        channel: 0,
        kind: 'shell',
        events: [
          { seq: 0, atUs: 0, kind: 'open', data: '' },
          { seq: 1, atUs: 5, kind: 'output', data: bytes.toString('base64') },
        ],
      },
      { events: [] },
    ],
  })
})

async function text(...output: readonly string[]) {
  const happened: Happened[] = [
    [0, 'request', ptyRequest(20, 5)],
    ...output.map((data, at) => [at, 'output', data] as const),
  ]
  return (await collected(exportText(recorded(happened), size))).join('')
}

test('keeps every line that left the screen, in order', async () => {
  const lines = Array.from({ length: 2000 }, (_, n) => `line ${n}`)
  expect(await text(lines.join('\r\n'))).toBe(`${lines.join('\n')}\n`)
})

test('joins wrapped lines, on the screen and off it', async () => {
  const long = 'abcdefghij'.repeat(7)
  expect(await text(`${long}\r\n`, `${'x\r\n'.repeat(10)}${long}`)).toBe(`${long}\n${'x\n'.repeat(10)}${long}\n`)
})

test('shows what was typed over as it looked last', async () => {
  expect(await text('10%\r20%\r100%\r\nsudo\b\b\b\bls\x1b[K\r\n')).toBe('100%\nls\n')
})

test('says where bytes begin that are not stored', async () => {
  const gap = JSON.stringify({ stream: 'output', bytes: 7 })
  const happened: Happened[] = [
    [0, 'output', 'before'],
    [1, 'counted', gap],
    [2, 'counted', gap],
    [3, 'output', 'behind\r\n'],
  ]
  expect((await collected(exportText(recorded(happened), size))).join('')).toBe(
    'before\n[output beyond the budget: counted, not stored]\nbehind\n',
  )
})

test('keeps what was cleared', async () => {
  expect(await text('secret plan\r\n\x1b[H\x1b[2Jnothing here')).toBe('secret plan\nnothing here\n')
})

test.each([
  ['from the top', '\x1b[H\x1b[J'],
  ['by a reset', '\x1bc'],
])('keeps what was cleared %s', async (_, clear) => {
  const lines = (await text(`one\r\n${clear}two\r\n`)).split('\n')
  expect(lines.filter((line) => line !== '')).toEqual(['one', 'two'])
})

const vim = (...lines: string[]) => `\x1b[?1049h\x1b[2J\x1b[H${lines.join('\r\n')}\x1b[?1049l`

test('keeps the last picture of a full-screen program, between what stood there before and what came behind', async () => {
  expect(await text(`$ vim\r\n${vim('hello', '~')}$ exit`)).toBe('$ vim\nhello\n~\n$ exit\n')
})

test('keeps the order of time where one program follows another', async () => {
  const shown = await text(
    `1\r\n$ a${vim('A')}\r\n2\r\n$ b\r\n${vim('B', '1')}3\r\n4\r\n5\r\n6\r\n7\r\n8\r\n$ c${vim('C')}`,
  )
  expect(shown).toBe('1\nA\n$ a\n2\n$ b\nB\n1\n3\n4\n5\n6\n7\n8\nC\n$ c\n')
})

test('takes no line twice when the screens change', async () => {
  expect(await text(`${'a\r\n'.repeat(9)}`, '\x1b[?1049h\x1b[Hx\x1b[?1049l', 'b\r\n'.repeat(9))).toBe(
    `${'a\n'.repeat(9)}x\n${'b\n'.repeat(9)}`,
  )
})

test('takes no wrapped line twice or in halves when the screens change, nor where the width changes meanwhile', async () => {
  const long = 'abcdefghij'.repeat(7)
  expect(await text(`0\r\n1\r\n${long}\r\n2\r\n${vim('A')}${'b\r\n'.repeat(9)}`)).toBe(
    `0\n1\n${long}\n2\nA\n${'b\n'.repeat(9)}`,
  )
  const happened: Happened[] = [
    [0, 'request', ptyRequest(20, 5)],
    [1, 'output', `0\r\n${'x'.repeat(30)}\r\n\x1b[?1049h\x1b[H`],
    [2, 'request', windowChange(12, 6)],
    [3, 'output', `A\x1b[?1049l${'b\r\n'.repeat(9)}`],
  ]
  expect((await collected(exportText(recorded(happened), size))).join('')).toBe(
    `0\n${'x'.repeat(30)}\nA\n${'b\n'.repeat(9)}`,
  )
})

test('keeps a line that is changed after a full-screen program has shown itself', async () => {
  const up = '\x1b[3A\r'
  expect(await text(`one\r\ntwo\r\n${vim('A')}x\r\n${up}ONE\r\n\r\n\r\n`)).toBe('one\ntwo\nA\nONE\nx\n')
})

test('keeps the picture of a program that still runs, behind what stood there before', async () => {
  expect(await text('$ vim\r\n\x1b[?1049h\x1b[Hhello')).toBe('$ vim\nhello\n')
})

test('writes nothing for an empty screen', async () => {
  expect(await text()).toBe('')
})
