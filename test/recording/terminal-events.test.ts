import { expect, test } from 'vitest'
import { encodeChannelRequest } from '#gateway/recording/channel-request.ts'
import { terminalEvents } from '#gateway/recording/terminal-events.ts'
import {
  type Happened,
  collected,
  execRequest,
  exitStatus,
  ptyRequest,
  recorded,
  shellRequest,
  windowChange,
} from './recorded.ts'

async function events(...happened: readonly Happened[]) {
  const seen = await collected(terminalEvents(recorded(happened)))
  return seen.map(({ atUs, code, ...rest }) =>
    [atUs, code].concat(Object.values(rest).map((value) => (Buffer.isBuffer(value) ? true : (value ?? false)))),
  )
}

const terminal: readonly Happened[] = [
  [0, 'open'],
  [1, 'request', ptyRequest(80, 24)],
  [2, 'request', shellRequest],
]

test('joins characters cut by packets, each stream by itself', async () => {
  expect(
    await events(
      [0, 'output', Buffer.of(0xe6, 0xbc)],
      [1, 'stderr', Buffer.from([0xc3])],
      [2, 'output', Buffer.from([0xa2])],
      [3, 'stderr', Buffer.from([0xa9])],
    ),
  ).toEqual([
    [2, 'o', '漢'],
    [3, 'o', 'é'],
  ])
})

test('shows invalid UTF-8 as U+FFFD and loses no byte order mark', async () => {
  expect(
    await events(
      [0, 'output', Buffer.from([0xff, 0x41])],
      [1, 'output', '\ufeffx'],
      [2, 'output', Buffer.from([0xc3])],
    ),
  ).toEqual([
    [0, 'o', '\ufffdA'],
    [1, 'o', '\ufeffx'],
    [2, 'o', '\ufffd'],
  ])
})

test('returns the carriage at line ends where there is no terminal, and only there', async () => {
  const output: Happened[] = [
    [5, 'output', 'a\nb\r\nc\r'],
    [6, 'output', '\nd\n\n'],
    [7, 'notice', 'gatebook: x\n'],
  ]
  const texts = async (...happened: Happened[]) =>
    (await events(...happened)).flatMap(([, code, text]) => (code === 'o' ? [text] : []))
  expect(await texts(...output)).toEqual(['a\r\nb\r\nc\r', '\nd\r\n\r\n', 'gatebook: x\r\n'])
  expect(await texts(...terminal, ...output)).toEqual(['a\nb\r\nc\r', '\nd\n\n', 'gatebook: x\r\n'])
})

test('gives one event a key, apart from what the terminal reports', async () => {
  expect(await events(...terminal, [10, 'input', 'ab\x1b[A'], [20, 'input', '\x1b[24;80R'])).toEqual([
    [1, 'r', 80, 24],
    [10, 'i', 'a', true],
    [10, 'i', 'b', true],
    [10, 'i', '\x1b[A', true],
    [20, 'i', '\x1b[24;80R', false],
  ])
})

test('puts a key before the output that followed its first byte', async () => {
  expect(
    await events(
      ...terminal,
      [1_000, 'input', '\x1b'],
      [21_000, 'output', 'x'],
      [90_000, 'output', 'y'],
      [95_000, 'input', 'q'],
    ),
  ).toEqual([
    [1, 'r', 80, 24],
    [1_000, 'i', '\x1b', true],
    [21_000, 'o', 'x'],
    [90_000, 'o', 'y'],
    [95_000, 'i', 'q', true],
  ])
})

test('never goes back in time for a paste that took longer than the output around it', async () => {
  expect(
    await events(
      ...terminal,
      [1_000, 'input', '\x1b[200~a'],
      [100_000, 'output', 'x'],
      [200_000, 'input', 'b\x1b[201~'],
    ),
  ).toEqual([
    [1, 'r', 80, 24],
    [100_000, 'o', 'x'],
    [100_000, 'i', '\x1b[200~ab\x1b[201~', true],
  ])
})

test('takes what is piped into a command for data, not keys', async () => {
  expect(await events([0, 'request', execRequest('cat')], [1, 'input', 'abc\n'])).toEqual([
    [0, 'm', 'exec cat'],
    [1, 'i', 'abc\n', false],
  ])
})

test('tells sizes, exit, signals and where storing ended', async () => {
  const counted = JSON.stringify({ stream: 'output', bytes: 7 })
  expect(
    await events(
      [0, 'request', windowChange(100, 30)],
      [1, 'request', windowChange(0, 30)],
      [2, 'request', windowChange(100, 4_000_000_000)],
      [3, 'counted', counted],
      [4, 'counted', counted],
      [5, 'request', encodeChannelRequest('signal', Buffer.from('\0\0\0\x03INT'))],
      [6, 'targetRequest', exitStatus(7)],
      [7, 'targetRequest', encodeChannelRequest('exit-signal', Buffer.from('\0\0\0\x04KILL'))],
      [8, 'close'],
    ),
  ).toEqual([
    [0, 'r', 100, 30],
    [2, 'r', 100, 500],
    [3, 'm', 'output beyond the budget: counted, not stored', true],
    [5, 'm', 'signal sent'],
    [6, 'x', 7],
    [7, 'm', 'ended by signal KILL'],
  ])
})
