import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boolean, mpint, string, uint32, wireMessage, WireError, WireReader } from '#gateway/transport/wire.ts'

/** RFC 4251 §5, its examples of mpint. */
const mpints = [
  ['00', '00000000'],
  ['09a378f9b2e332a7', '0000000809a378f9b2e332a7'],
  ['80', '000000020080'],
  ['0000007f', '000000017f'],
] as const

describe('a message', () => {
  it('gives back the fields it was made of', () => {
    const fields = fc.tuple(fc.nat(255), fc.boolean(), fc.nat({ max: 2 ** 32 - 1 }), fc.uint8Array(), fc.uint8Array())
    fc.assert(
      fc.property(fields, ([byte, flag, number, text, rest]) => {
        const reader = new WireReader(
          wireMessage(byte, boolean(flag), uint32(number), string(Buffer.from(text)), Buffer.from(rest)),
        )
        expect([reader.byte(), reader.boolean(), reader.uint32()]).toEqual([byte, flag, number])
        expect(reader.string()).toEqual(Buffer.from(text))
        expect(reader.remaining).toBe(rest.length)
        expect(reader.rest()).toEqual(Buffer.from(rest))
      }),
    )
  })

  it('that is cut anywhere is never read beyond its end', () => {
    const whole = wireMessage(7, boolean(true), uint32(42), string('text'))
    for (let length = 0; length < whole.length; length++) {
      const reader = new WireReader(whole.subarray(0, length))
      expect(() => [reader.byte(), reader.boolean(), reader.uint32(), reader.string()]).toThrow(WireError)
    }
  })

  it.each(['00000001', 'ffffffff', '80000000'])('whose string says it is 0x%s bytes long is not believed', (length) => {
    expect(() => new WireReader(Buffer.from(length, 'hex')).string()).toThrow(WireError)
  })

  it('has any other byte than 0 for true', () => {
    expect([0, 1, 2, 255].map((byte) => new WireReader(Buffer.of(byte)).boolean())).toEqual([false, true, true, true])
  })

  it('turns text that is not UTF-8 into U+FFFD', () => {
    expect(new WireReader(string(Buffer.from([0x61, 0xff]))).text()).toBe('a\uFFFD')
  })
})

describe('an mpint', () => {
  it.each(mpints)('of 0x%s is 0x%s', (magnitude, wire) => {
    expect(mpint(Buffer.from(magnitude, 'hex')).toString('hex')).toBe(wire)
  })
})
