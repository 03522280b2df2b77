import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { leafHash } from '#gateway/recording/seal/session-log.ts'
import { readStatement } from '#gateway/recording/seal/statement.ts'
import { TreeHeads } from '#gateway/recording/seal/tree-heads.ts'
import type { StoredLeaf } from '#gateway/recording/seal/verify-log.ts'
import { someSigningKey } from '#test/harness/signing.ts'
import { stillClock } from '#test/harness/still-clock.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A log in memory, and what a gateway signs of it. */
function world(statements: string[] = ['first']) {
  const clock = stillClock()
  const published: string[] = []
  const troubles: string[] = []
  let remembered: string | undefined
  let fails: Error | undefined
  const log = {
    async *leaves(from: number): AsyncGenerator<StoredLeaf> {
      if (fails !== undefined) throw fails
      for (let index = from; index < statements.length; index++) {
        yield { index, hash: leafHash(statements[index]!) }
      }
    },
    putHead: async () => {},
  }
  return {
    clock,
    statements,
    troubles,
    /** Sizes that were published, in order. */
    sizes: () => published.map((text) => readStatement(text)?.payload.size),
    fail: (error: Error | undefined) => (fails = error),
    open: () =>
      TreeHeads.open({
        gatewayId: 'g',
        key: someSigningKey(),
        log,
        memory: {
          read: async () => remembered,
          write: async (statement) => {
            remembered = statement
          },
          forget: async () => {},
        },
        clock,
        publish: (statement) => published.push(statement),
        renewKey: async () => {},
        onTrouble: (error) => troubles.push(error.message),
      }),
    /** Lets time pass for the clock and for timers. */
    pass: async (seconds: number) => {
      clock.pass(seconds)
      await vi.advanceTimersByTimeAsync(seconds * 1000)
    },
  }
}

describe('the head of the log', () => {
  it('is signed at the start, whenever the log has grown, and each minute', async () => {
    const { open, sizes, statements, pass } = world()
    const heads = await open()
    expect(sizes()).toEqual([1])
    statements.push('second', 'third')
    heads.grown()
    await pass(0)
    expect(sizes()).toEqual([1, 3])
    heads.grown()
    await pass(1)
    expect(sizes()).toEqual([1, 3])
    await pass(60)
    await pass(60)
    expect(sizes()).toEqual([1, 3, 3, 3])
    await heads.close()
  })

  it('is signed of what came last when the gateway stops', async () => {
    const { open, sizes, statements } = world()
    const heads = await open()
    statements.push('last')
    await heads.close()
    expect(sizes()).toEqual([1, 2])
  })

  it('is signed again when the database is back; trouble is told once', async () => {
    const { open, sizes, statements, pass, fail, troubles } = world()
    const heads = await open()
    statements.push('second')
    fail(new Error('no database'))
    heads.grown()
    await pass(1)
    await pass(1)
    await pass(1)
    expect([sizes(), troubles]).toEqual([[1], ['no database']])
    fail(undefined)
    await pass(1)
    await pass(1)
    expect(sizes()).toEqual([1, 2])
    await heads.close()
  })

  it.each([
    ['is shorter than it was', (statements: string[]) => statements.pop(), /it has 2 entries, but at .* signed 3/],
    [
      'has another entry than it had',
      (statements: string[]) => (statements[1] = 'forged'),
      /first 3 entries are not those/,
    ],
  ])('is not signed of a log that %s, at a start', async (_, alter, message) => {
    const { open, statements } = world(['first', 'second', 'third'])
    await (await open()).close()
    alter(statements)
    await expect(open()).rejects.toMatchObject({ code: 'session-log', message: expect.stringMatching(message) })
  })

  it.each([
    ['is shorter than it was', (statements: string[]) => statements.splice(1), /fewer than the 3 entries/],
    [
      'was put back and has grown since',
      (statements: string[]) => statements.splice(1, 2, 'a', 'b', 'c'),
      /entry 2 is another one/,
    ],
  ])('is not signed of a log that %s, meanwhile', async (_, alter, message) => {
    const { open, statements, pass, sizes, troubles } = world(['first', 'second', 'third'])
    const heads = await open()
    alter(statements)
    heads.grown()
    await pass(1)
    expect(sizes()).toEqual([3])
    expect(troubles).toEqual([expect.stringMatching(message)])
    await heads.close()
  })
})
