import { expect, it } from 'vitest'
import type { LiveEvent, LiveScreen } from '#shared/live.ts'
import type { RecordedEvent } from '#gateway/recording/event.ts'
import type { NewEvents } from '#gateway/recording/follow-events.ts'
import { liveFeed } from '#gateway/recording/live-feed.ts'

const size = { columns: 40, rows: 4 }

/** The feed of what is new at each look. */
async function fed(...looks: readonly (readonly (string | Buffer)[])[]): Promise<(LiveScreen | LiveEvent)[][]> {
  let seq = 0
  const output = (data: string | Buffer): RecordedEvent => {
    const event = { seq, atUs: seq * 1_000_000, kind: 'output' as const, data: Buffer.from(data) }
    seq++
    return event
  }
  async function* recording(): AsyncGenerator<NewEvents> {
    for (const look of looks) yield { events: look.map(output), caughtUp: true }
  }
  const lists: (LiveScreen | LiveEvent)[][] = []
  for await (const list of liveFeed(recording(), size)) lists.push([...list])
  return lists
}

const isScreen = (one: LiveScreen | LiveEvent | undefined): one is LiveScreen => one !== undefined && 'init' in one

it('begins with the screen of the middle, then tells what happens, and says where nothing does', async () => {
  const lists = await fed(['one\r\n', 'two'], [], ['three'])
  const [first] = lists[0] ?? []
  expect(first).toMatchObject({ cols: 40, rows: 4, time: 1 })
  expect(isScreen(first) && first.init).toMatch(/one.*two/)
  expect(lists.slice(1)).toEqual([[], [[2, 'o', 'three']]])
})

it('gives the screen instead of a flood, and goes on from there', async () => {
  const flood = Array.from({ length: 100 }, (_, line) => `${line} ${'x'.repeat(1000)}\r\n`)
  const lists = await fed(['$ '], [...flood, 'end of it'], ['$ '])
  expect(lists[1]).toHaveLength(1)
  const [screen] = lists[1] ?? []
  expect(isScreen(screen) && screen.init).toContain('end of it')
  expect(JSON.stringify(lists[1]).length).toBeLessThan(2000)
  expect(lists[2]).toEqual([[102, 'o', '$ ']])
})

it('shows what a sequence without an end hides as soon as it can', async () => {
  const lists = await fed(['before\x1b]0;'], ['title\x07after'], ['more'])
  const screens = lists.map(([one]) => isScreen(one))
  expect(screens).toEqual([true, true, false])
  expect(JSON.stringify(lists[1])).toMatch(/before.*after/)
})
