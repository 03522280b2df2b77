import { expect, test } from 'vitest'
import { keyName } from '#gateway/recording/key-name.ts'
import { createKeystrokeCollector } from '#gateway/recording/keystrokes.ts'
import type { KeystrokeRun } from '#gateway/recording/record-store.ts'
import { SEQUENCE_GAP_US } from '#gateway/recording/timed-input.ts'

function unpack(runs: readonly KeystrokeRun[]) {
  return runs.flatMap((run) => {
    let atUs = run.fromUs
    let offset = 0
    return run.lengths.map((length, index) => {
      atUs += run.deltasUs[index]!
      offset += length
      return [run.seq + index, atUs, keyName(run.bytes.subarray(offset - length, offset))]
    })
  })
}

test('numbers and times every key, and leaves out what the terminal sent by itself', () => {
  const keys = createKeystrokeCollector('s', 2, 40)
  keys.input(1_000, Buffer.from('ls\r'))
  keys.input(5_000, Buffer.from('\x1b[24;80R\x1b[<0;1;1M\x1b[I\x1b[97;1:3u\x1b[200~x\x1b[201~'))
  keys.input(9_000, Buffer.from('\x03'))
  const runs = keys.take()
  expect(runs).toMatchObject([
    { sessionId: 's', channel: 2, seq: 40, fromUs: 1_000, deltasUs: [0, 0, 0, 4_000, 4_000] },
  ])
  expect(unpack(runs)).toEqual([
    [40, 1_000, 'l'],
    [41, 1_000, 's'],
    [42, 1_000, 'Enter'],
    [43, 5_000, 'paste'],
    [44, 9_000, 'Ctrl+C'],
  ])
  expect(keys.take()).toEqual([])
})

test('gives a key the time of its first byte', () => {
  const keys = createKeystrokeCollector('s', 0, 0)
  keys.input(1_000, Buffer.of(0xc3))
  keys.input(2_000, Buffer.of(0xa9, 0x1b))
  keys.input(3_000, Buffer.from('['))
  keys.input(4_000, Buffer.from('Ab'))
  expect(unpack(keys.take())).toEqual([
    [0, 1_000, 'é'],
    [1, 2_000, '↑'],
    [2, 4_000, 'b'],
  ])
})

test('tells Esc and a key from Alt with that key by the time between them', () => {
  const keys = createKeystrokeCollector('s', 0, 0)
  keys.input(0, Buffer.of(0x1b))
  keys.input(SEQUENCE_GAP_US, Buffer.from('x'))
  keys.input(1_000_000, Buffer.of(0x1b))
  keys.input(1_000_001 + SEQUENCE_GAP_US, Buffer.from('x'))
  expect(unpack(keys.take()).map(([, , name]) => name)).toEqual(['Alt+x', 'Esc', 'x'])
})

test('holds a lone ESC until later input or the end decides it', () => {
  const keys = createKeystrokeCollector('s', 0, 0)
  keys.input(7, Buffer.of(0x1b))
  expect(keys.take()).toEqual([])
  keys.flush()
  expect(unpack(keys.take())).toEqual([[0, 7, 'Esc']])
})

test('waits for the end of a paste however long it takes', () => {
  const keys = createKeystrokeCollector('s', 0, 0)
  keys.input(0, Buffer.from('\x1b[200~rm -rf'))
  keys.input(10_000_000, Buffer.from(' /\x1b[201~'))
  expect(unpack(keys.take())).toEqual([[0, 0, 'paste']])
})

test('ends a run at 128 keys, at 64 KiB and at 30 s', () => {
  const keys = createKeystrokeCollector('s', 0, 0)
  const press = (count: number) => {
    for (let pressed = 0; pressed < count; pressed++) keys.input(0, Buffer.from('k'))
  }
  press(128)
  expect(keys.take().map(({ seq, lengths }) => [seq, lengths.length])).toEqual([[0, 128]])
  press(129)
  expect(keys.take().map(({ seq, lengths }) => [seq, lengths.length])).toEqual([
    [128, 128],
    [256, 1],
  ])
  for (let paste = 0; paste < 5; paste++) keys.input(0, Buffer.from(`\x1b[200~${'p'.repeat(16_372)}\x1b[201~`))
  expect(keys.take().map(({ bytes }) => bytes.length)).toEqual([65_536, 16_384])
  keys.input(1_000_000, Buffer.from('a'))
  keys.input(31_000_000, Buffer.from('b'))
  keys.input(31_000_001, Buffer.from('c'))
  expect(keys.take().map(({ fromUs, lengths }) => [fromUs, lengths.length])).toEqual([
    [1_000_000, 2],
    [31_000_001, 1],
  ])
})
