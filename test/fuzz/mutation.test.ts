import { describe, expect, it } from 'vitest'
import { chanceOf } from '#test/harness/chance.ts'
import { staffConversations, targetConversations } from './conversations.ts'
import { mutateMessages } from './mutation.ts'

const conversations = [...staffConversations.values(), ...targetConversations.values()]

describe('a mutation', () => {
  it('is the same for the same seed, and another for another', () => {
    const of = (seed: number) => conversations.map((said) => mutateMessages(said, chanceOf(seed)))
    expect(of(1)).toEqual(of(1))
    expect(of(1)).not.toEqual(of(2))
  })

  it('leaves messages that can be sent, and says what it did', () => {
    for (let seed = 0; seed < 500; seed++) {
      const { messages, done } = mutateMessages(conversations[seed % conversations.length] ?? [], chanceOf(seed))
      expect(messages.every(({ length }) => length > 0)).toBe(true)
      expect(done.length).toBeGreaterThan(0)
    }
  })
})
