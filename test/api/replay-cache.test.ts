import { describe, expect, it } from 'vitest'
import { type BuiltReplay, ReplayCache } from '#gateway/api/replay-cache.ts'
import { buildReplay } from '#gateway/recording/replay.ts'

const MIB = 1024 * 1024

describe('the replays built last', () => {
  it('are built once for all who ask at the same time and after', async () => {
    const { cache, builds, builder } = emptyCache()
    const both = await Promise.all([cache.get('a', true, builder('a', 1)), cache.get('a', true, builder('a', 1))])
    expect(both[0]).toBe(both[1])
    expect(await cache.get('a', true, builder('a', 1))).toBe(both[0])
    expect(builds).toEqual(['a'])
  })

  it('are built one after another', async () => {
    const { cache } = emptyCache()
    let running = 0
    const slow = async (): Promise<BuiltReplay> => {
      running += 1
      const replay = await emptyReplay()
      expect(running).toBe(1)
      running -= 1
      return { replay, bytes: 1 }
    }
    await Promise.all(['a', 'b', 'c'].map((key) => cache.get(key, true, slow)))
  })

  it('give way, the longest unused first, beyond 128 MiB', async () => {
    const { cache, builds, builder } = emptyCache()
    await cache.get('a', true, builder('a', 64 * MIB))
    await cache.get('b', true, builder('b', 64 * MIB))
    await cache.get('a', true, builder('a', 64 * MIB))
    expect(builds).toEqual(['a', 'b'])
    await cache.get('c', true, builder('c', 1))
    await cache.get('a', true, builder('a', 64 * MIB))
    expect(builds).toEqual(['a', 'b', 'c'])
    await cache.get('b', true, builder('b', 64 * MIB))
    expect(builds).toEqual(['a', 'b', 'c', 'b'])
  })

  it('keep the last one however large it is', async () => {
    const { cache, builds, builder } = emptyCache()
    await cache.get('a', true, builder('a', 1))
    await cache.get('huge', true, builder('huge', 500 * MIB))
    await cache.get('huge', true, builder('huge', 500 * MIB))
    await cache.get('a', true, builder('a', 1))
    expect(builds).toEqual(['a', 'huge', 'a'])
  })

  it.each([
    ['a live channel', false, 60_000_000, 1],
    ['a live channel', false, 60_000_001, 2],
    ['a closed channel', true, 60_000_001, 1],
  ])('of %s (closed: %s), %i µs after their last use, were built %i times', async (_name, isFinal, passedUs, times) => {
    const { cache, builds, builder, pass } = emptyCache()
    await cache.get('a', isFinal, builder('a', 1))
    pass(passedUs)
    await cache.get('a', isFinal, builder('a', 1))
    expect(builds).toHaveLength(times)
  })

  it('do not hold a failure', async () => {
    const { cache, builds, builder } = emptyCache()
    await expect(cache.get('a', true, () => Promise.reject(new Error('no database')))).rejects.toThrow('no database')
    await cache.get('a', true, builder('a', 1))
    expect(builds).toEqual(['a'])
  })
})

function emptyCache() {
  let nowUs = 0
  const builds: string[] = []
  return {
    cache: new ReplayCache({ monotonicUs: () => nowUs }),
    builds,
    builder: (key: string, bytes: number) => async (): Promise<BuiltReplay> => {
      builds.push(key)
      return { replay: await emptyReplay(), bytes }
    },
    pass: (us: number) => void (nowUs += us),
  }
}

function emptyReplay() {
  return buildReplay((async function* () {})(), { columns: 80, rows: 24, idleUs: 0 })
}
