import { expect, test } from 'vitest'
import { type Replay, buildReplay } from '#gateway/recording/replay.ts'
import { type Screen, createScreen } from '#gateway/recording/screen.ts'
import { replayIndex, replaySegment } from '#shared/api.ts'
import { type Happened, execRequest, exitStatus, ptyRequest, recorded, shellRequest, windowChange } from './recorded.ts'
import { createNoise } from './terminal-noise.ts'
import { whatIsSeen } from './what-is-seen.ts'

const options = { idleUs: 0, columns: 80, rows: 24 }

/** What asciinema-player 3.18.0 refuses (`validateIndex` and `normalizeSegment` of its segmented driver). */
function checkRules(replay: Replay): void {
  const index = replayIndex.parse(JSON.parse(JSON.stringify(replay.index((n) => `replay/${n}`))))
  const { segments, duration, markers } = index
  expect(segments[0]!.start).toBe(0)
  expect(markers).toEqual(markers.toSorted(([one], [other]) => one - other))
  expect(markers.every(([at]) => at >= 0 && at <= duration)).toBe(true)
  segments.forEach(({ start, url }, n) => {
    expect(url).toBe(`replay/${n}`)
    const end = segments[n + 1]?.start
    const { events } = replaySegment.parse(JSON.parse(JSON.stringify(replay.segment(n))))
    const times = events.map(([at]) => at)
    expect(times).toEqual(times.toSorted((one, other) => one - other))
    if (n > 0) expect(times[0]).toBe(start)
    expect(times[0]).toBeGreaterThanOrEqual(start)
    if (end === undefined) expect(times.at(-1)).toBe(duration)
    else expect(times.at(-1)).toBeLessThan(end)
    expect(start).toBeLessThan(end ?? duration)
  })
  expect(replay.segment(segments.length)).toBeUndefined()
}

/** Plays segment `n` from its own snapshot, or goes on with it on `screen`, as the player does. */
async function play(replay: Replay, n: number, screen?: Screen): Promise<Screen> {
  const { snapshot, events } = replay.segment(n)!
  const shown = screen ?? createScreen(snapshot.cols, snapshot.rows)
  if (screen === undefined) await shown.write(snapshot.init)
  for (const [, code, data] of events) {
    if (code === 'o') await shown.write(data)
    else if (code === 'r') shown.resize(...(data.split('x').map(Number) as [number, number]))
  }
  return shown
}

function* noisySession(seed: number, bytes: number): Generator<Happened> {
  const noise = createNoise(seed)
  yield [0, 'open']
  yield [10, 'request', ptyRequest(80, 24)]
  yield [20, 'request', shellRequest]
  let atUs = 30
  for (let left = bytes; left > 0;) {
    const text = Buffer.from(noise.text(40_000))
    left -= text.length
    // Packets end anywhere: inside characters and inside sequences.
    for (let at = 0; at < text.length;) {
      const end = at + 1 + noise.pick(3_000)
      atUs += noise.pick(2) * 700
      yield [atUs, 'output', text.subarray(at, end)]
      if (noise.pick(20) === 0) yield [atUs, 'output', Buffer.of(0xff, 0xc3)]
      if (noise.pick(5) === 0) yield [atUs, 'input', noise.pick(3) === 0 ? '\x1b[A\x1b' : 'k']
      at = end
    }
    yield [atUs, 'request', windowChange(40 + noise.pick(60), 10 + noise.pick(30))]
  }
  yield [atUs + 5_000_000, 'close']
}

test.each([1, 2])('every segment shows from its snapshot what playing from the start shows, seed %i', async (seed) => {
  const replay = await buildReplay(recorded(noisySession(seed, 1_000_000)), options)
  checkRules(replay)
  const segments = replay.index(String).segments.length
  expect(segments).toBeGreaterThan(2)
  let whole: Screen | undefined
  for (let n = 0; n < segments; n++) {
    whole = await play(replay, n, whole)
    expect(whatIsSeen(await play(replay, n))).toEqual(whatIsSeen(whole))
  }
})

test('drops no character and no key', async () => {
  const happened = [...noisySession(9, 400_000)]
  const replay = await buildReplay(recorded(happened), options)
  const events = replay.index(String).segments.flatMap((_, n) => replay.segment(n)!.events)
  const bytes = Buffer.concat(happened.flatMap(([, kind, data]) => (kind === 'output' ? [Buffer.from(data!)] : [])))
  const text = (code: string) => events.flatMap(([, its, data]) => (its === code ? [data] : [])).join('')
  expect(text('o')).toBe(bytes.toString())
  expect(text('i')).toBe(happened.flatMap(([, kind, data]) => (kind === 'input' ? [data] : [])).join(''))
})

test.each([
  ['nothing at all', []],
  ['an opening alone', [[7, 'open']]],
  [
    'everything at one moment',
    [[7, 'open'], ...Array.from({ length: 9 }, () => [7, 'output', 'x'.repeat(200_000)] as const)],
  ],
  [
    'a last packet that begins a segment',
    [
      [7, 'open'],
      [8, 'output', 'x'.repeat(300_000)],
      [9, 'output', 'y'],
    ],
  ],
  [
    'a sequence that never ends',
    [[0, 'output', '\x1b]'], ...Array.from({ length: 9 }, (_, at) => [at, 'output', 'x'.repeat(200_000)] as const)],
  ],
  [
    'reports of the terminal where a segment would begin',
    [
      [0, 'request', shellRequest],
      [1, 'output', 'x'.repeat(300_000)],
      [2, 'input', '\x1b[I'],
      [3, 'output', 'y'],
    ],
  ],
] as [string, Happened[]][])('keeps the rules of the player for %s', async (_name, happened) => {
  checkRules(await buildReplay(recorded(happened), options))
})

test('shortens pauses and says where each moment of the session went', async () => {
  const happened: Happened[] = [
    [1_000_000, 'open'],
    [1_000_001, 'request', shellRequest],
    [2_000_000, 'input', 'a'],
    [602_000_000, 'output', 'b'],
    [602_500_000, 'close'],
  ]
  const replay = await buildReplay(recorded(happened), { ...options, idleUs: 3_000_000 })
  checkRules(replay)
  expect(replay.index(String).duration).toBe(4.5)
  expect(replay.segment(0)!.events).toEqual([
    [1, 'i', 'a'],
    [4, 'o', 'b'],
    [4.5, 'o', ''],
  ])
  expect(replay.toReplayUs(602_000_000)).toBe(4_000_000)
})

test('marks commands and exits, and tells sizes', async () => {
  const replay = await buildReplay(
    recorded([
      [0, 'request', ptyRequest(100, 30)],
      [1, 'request', execRequest('top')],
      [2, 'targetRequest', exitStatus(3)],
    ]),
    options,
  )
  expect(replay.index(String)).toMatchObject({ term: { cols: 80, rows: 24 }, markers: [[0.000001, 'exec top']] })
  expect(replay.segment(0)!.events.slice(0, 3)).toEqual([
    [0, 'r', '100x30'],
    [0.000001, 'm', 'exec top'],
    [0.000002, 'x', '3'],
  ])
})

test('lets the event loop run while it builds', async () => {
  let turns = 0
  let building = true
  const count = () => {
    turns += 1
    if (building) setImmediate(count)
  }
  setImmediate(count)
  await buildReplay(recorded(noisySession(4, 200_000)), options)
  building = false
  expect(turns).toBeGreaterThan(20)
})
