import { describe, expect, it } from 'vitest'
import { createTimedInput } from '#gateway/recording/timed-input.ts'

function kinds(...reads: readonly (string | Buffer)[]): string[] {
  const input = createTimedInput()
  const tokens = reads.flatMap((read, index) => input.input(index * 1000, Buffer.from(read)))
  return [...tokens, ...input.flush()].map(({ kind, bytes }) => `${kind} ${bytes.length}`)
}

describe('text that comes at once', () => {
  it('is keys up to 63 bytes, and a paste from 64 on', () => {
    expect(kinds('x'.repeat(63))).toEqual(Array(63).fill('key 1'))
    expect(kinds('x'.repeat(64))).toEqual(['paste 64'])
  })

  it('is cut into pastes of 16 KiB', () => {
    expect(kinds('y'.repeat(40_000))).toEqual(['paste 16384', 'paste 16384', 'paste 7232'])
  })

  it('is keys where sequences stand in it, as those of a repeated arrow do', () => {
    expect(kinds('\x1b[A'.repeat(30))).toEqual(Array(30).fill('key 3'))
  })

  it('keeps a character whole that is cut at its end', () => {
    const text = Buffer.from(`${'z'.repeat(70)}日`)
    expect(kinds(text.subarray(0, 71), text.subarray(71))).toEqual(['paste 70', 'key 3'])
  })

  it('belongs to a sequence that was begun before it', () => {
    expect(kinds('\x1b[200~', 'p'.repeat(100), '\x1b[201~')).toEqual(['paste 112'])
  })
})
