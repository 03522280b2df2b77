import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { RecordedEvent } from '#gateway/recording/event.ts'
import { commitment, eventSalt, genesis, nextHead } from '#gateway/recording/seal/chain.ts'
import { ChannelChain } from '#gateway/recording/seal/channel-chain.ts'

const sha256 = (...parts: readonly Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()

const event: RecordedEvent = { seq: 2 ** 33 + 5, atUs: 2 ** 40 + 7, kind: 'output', data: Buffer.from('hello') }

describe('the chain', () => {
  it('is what RECORD-FORMAT.md writes down, byte by byte', () => {
    const block = randomBytes(16)
    const salt = sha256(Buffer.from('03', 'hex'), block, Buffer.from('0000000200000005', 'hex')).subarray(0, 16)
    expect(eventSalt(block, event.seq)).toEqual(salt)
    const committed = sha256(Buffer.from('00', 'hex'), salt, event.data)
    expect(commitment(salt, event.data)).toEqual(committed)
    const head = sha256(Buffer.from('0200000009', 'hex'), Buffer.from('opening'))
    expect(genesis('opening', 9)).toEqual(head)
    const numbers = Buffer.from('0000000200000005' + '0000010000000007' + '02' + '00000005', 'hex')
    expect(nextHead(head, event, committed)).toEqual(sha256(Buffer.of(1), head, numbers, committed))
  })

  it.each([0, 1, 65_519, 65_520, 65_521, 262_144])('commits to data of %i bytes the same way', (length) => {
    const [salt, data] = [randomBytes(16), randomBytes(length)]
    expect(commitment(salt, data)).toEqual(sha256(Buffer.of(0), salt, data))
  })

  it('tells apart where one event ends and the next begins, and what kind each is', () => {
    const chain = (...events: readonly [RecordedEvent['kind'], string][]) => {
      let head = genesis('', 0)
      for (const [seq, [kind, text]] of events.entries()) {
        const one = { seq, atUs: 0, kind, data: Buffer.from(text) }
        head = nextHead(head, one, commitment(Buffer.alloc(16), one.data))
      }
      return head.toString('hex')
    }
    const heads = [
      chain(['input', 'ab']),
      chain(['output', 'ab']),
      chain(['input', 'a'], ['input', 'b']),
      chain(['input', 'ab'], ['input', '']),
      chain(['input', ''], ['input', 'ab']),
    ]
    expect(new Set(heads).size).toBe(heads.length)
  })

  it('holds for an event whose bytes are gone, but for no other length of them', () => {
    const committed = commitment(randomBytes(16), event.data)
    const head = genesis('', 0)
    const erased = { ...event, data: Buffer.from('*****'), erased: committed }
    expect(nextHead(head, erased, committed)).toEqual(nextHead(head, event, committed))
    const shorter = { ...erased, data: Buffer.from('****') }
    expect(nextHead(head, shorter, committed)).not.toEqual(nextHead(head, event, committed))
  })
})

describe('salts', () => {
  it('begin anew after 256 events, and where a process takes a channel over', () => {
    const chain = new ChannelChain(genesis('', 0))
    const extend = (of: ChannelChain, from: number, to: number) => {
      for (let seq = from; seq < to; seq++) of.extend({ ...event, seq })
    }
    extend(chain, 0, 256)
    expect(chain.takeSalts().map(({ seq }) => seq)).toEqual([0])
    extend(chain, 256, 258)
    const blocks = chain.takeSalts()
    expect(blocks.map(({ seq, salts }) => [seq, salts.length])).toEqual([[256, 16]])
    const next = new ChannelChain(chain.head)
    extend(next, 258, 600)
    expect(next.takeSalts().map(({ seq }) => seq)).toEqual([258, 514])
  })

  it('of two chains of the same events differ, and so do their heads', () => {
    const heads = [new ChannelChain(genesis('', 0)), new ChannelChain(genesis('', 0))].map((chain) => {
      chain.extend({ ...event, seq: 0 })
      return chain.head.toString('hex')
    })
    expect(heads[0]).not.toBe(heads[1])
  })
})
