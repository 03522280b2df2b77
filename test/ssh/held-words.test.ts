import { expect, it } from 'vitest'
import { HeldWords } from '#gateway/ssh/held-words.ts'

const MIB = 1024 * 1024

it('words pass at once, then wait, then pass in order', () => {
  const words = new HeldWords()
  const said: string[] = []
  const say = (text: string) => words.say(Buffer.from(text), 0, (bytes) => said.push(bytes.toString()))
  say('one')
  words.hold()
  say('two')
  say('three')
  expect(said).toEqual(['one'])
  words.release()
  say('four')
  expect(said).toEqual(['one', 'two', 'three', 'four'])
})

it('a word may hold those behind it again', () => {
  const words = new HeldWords()
  const said: number[] = []
  words.hold()
  words.say(Buffer.alloc(0), 0, () => words.hold())
  words.say(Buffer.alloc(0), 0, () => said.push(1))
  words.release()
  words.say(Buffer.alloc(0), 0, () => said.push(2))
  expect(said).toEqual([])
  words.release()
  expect(said).toEqual([1, 2])
})

it('what waits does not change with the memory it came in', () => {
  const words = new HeldWords()
  const memory = Buffer.from('typed')
  let said = ''
  words.hold()
  words.say(memory, 0, (bytes) => (said = bytes.toString()))
  memory.fill('x')
  words.release()
  expect(said).toBe('typed')
})

it('what was dropped is never said', () => {
  const words = new HeldWords()
  const said: number[] = []
  words.hold()
  words.say(Buffer.alloc(0), 0, () => said.push(1))
  words.drop()
  words.release()
  expect(said).toEqual([])
})

it('1 MiB of requests wait and no more, and nothing is counted that passes', () => {
  const words = new HeldWords()
  const say = (cost: number) => words.say(Buffer.alloc(0), cost, () => {})
  say(2 * MIB)
  words.hold()
  say(MIB)
  expect(() => say(1)).toThrow('too many requests behind one that is not answered yet')
  words.release()
  words.hold()
  say(MIB)
})
