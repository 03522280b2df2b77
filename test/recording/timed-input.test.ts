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

  it('is a paste where it goes on behind 64 keys, but for a sequence that is cut at its end', () => {
    const arrows = kinds('\x1b[A'.repeat(1000), 'x')
    expect(arrows.slice(0, 85)).toEqual(Array(85).fill('key 3'))
    expect(arrows.slice(85)).toEqual([`paste ${3000 - 86 * 3}`, 'key 3', 'key 1'])
    // Of two Esc nobody knows yet whether they are Alt with a sequence.
    expect(kinds(`${'\x1b'.repeat(1000)}[`, 'A').slice(253)).toEqual(['key 1', `paste ${999 - 254}`, 'key 3'])
    expect(kinds('\x1b[A'.repeat(100), '\x1b[200~', 'p'.repeat(20), '\x1b[201~').slice(-1)).toEqual(['paste 32'])
  })

  it.each(['\x1b', '\x1b[', '\x1bO', '\x1b]0', '\x1b[I', '\x1b[200~\x1b[201~'])(
    'costs a bounded number of tokens, where it is a flood of %j',
    (sequence) => {
      const flood = sequence.repeat(32_768 / sequence.length)
      expect(kinds(flood).length).toBeLessThan(1400)
    },
  )

  it('hides nothing behind reports of the terminal: beyond 1024 of them it is a paste', () => {
    const [reports, command] = ['\x1b[I'.repeat(1024), `rm -rf ${'/x'.repeat(300)}`]
    const tokens = kinds(`${reports}${command}`)
    expect(tokens.slice(0, 1024)).toEqual(Array(1024).fill('focus 3'))
    expect(tokens.slice(1024).every((token) => /^(key|paste) /.test(token))).toBe(true)
    const bytes = tokens.map((token) => Number(token.split(' ')[1])).reduce((sum, length) => sum + length, 0)
    expect(bytes).toBe(reports.length + command.length)
  })

  it('keeps a character whole that is cut at its end', () => {
    const text = Buffer.from(`${'z'.repeat(70)}日`)
    expect(kinds(text.subarray(0, 71), text.subarray(71))).toEqual(['paste 70', 'key 3'])
  })

  it('belongs to a sequence that was begun before it', () => {
    expect(kinds('\x1b[200~', 'p'.repeat(100), '\x1b[201~')).toEqual(['paste 112'])
  })
})
