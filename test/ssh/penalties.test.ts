import { describe, expect, it } from 'vitest'
import { Penalties, type Offence } from '#gateway/ssh/penalties.ts'
import { Strangers } from '#gateway/ssh/strangers.ts'
import { stillClock } from '#test/harness/still-clock.ts'

const HERE = '192.0.2.7'

function penalties({ exempt = [] as string[], maxS = 600 } = {}) {
  const clock = stillClock()
  const logged: string[] = []
  const log = (line: string) => logged.push(line)
  const book = new Penalties({ clock, log, penaltyExempt: exempt, penaltyMaxS: maxS })
  const punish = (times: number, offence: Offence = 'failed sign-in', address = HERE) => {
    for (let i = 0; i < times; i++) book.punish(address, offence)
  }
  return { book, clock, logged, punish, wait: (address = HERE) => book.waitS(address) }
}

describe('an address', () => {
  it.each<[Offence, number, number]>([
    ['failed sign-in', 3, 15],
    ['no sign-in', 15, 15],
    ['grace time over', 2, 20],
    ['breach', 3, 15],
    ['fault', 1, 90],
  ])('for "%s" has to wait from time %i on, %i s', (offence, times, seconds) => {
    const { punish, wait } = penalties()
    punish(times - 1, offence)
    expect(wait()).toBe(0)
    punish(1, offence)
    expect(wait()).toBe(seconds)
  })

  it('waits longer the more it offends, and less as time passes', () => {
    const { punish, wait, clock } = penalties()
    punish(4)
    expect(wait()).toBe(20)
    clock.pass(7.5)
    expect(wait()).toBe(13)
    punish(2)
    expect(wait()).toBe(23)
    clock.pass(22.4)
    expect(wait()).toBe(1)
    clock.pass(0.1)
    expect(wait()).toBe(0)
  })

  it('is forgiven what it did not do often enough in a while', () => {
    const { punish, wait, clock, logged } = penalties()
    for (let i = 0; i < 20; i++) {
      punish(2)
      clock.pass(10)
    }
    expect([wait(), logged]).toEqual([0, []])
  })

  it('waits no longer than the settings say', () => {
    const { punish, wait } = penalties({ maxS: 60 })
    punish(1000)
    expect(wait()).toBe(60)
    const short = penalties({ maxS: 5 })
    short.punish(1)
    expect(short.wait()).toBe(5)
    const none = penalties({ maxS: 0 })
    none.punish(1000, 'fault')
    expect(none.wait()).toBe(0)
  })

  it('never waits where it is exempt', () => {
    const { punish, wait } = penalties({ exempt: ['192.0.2.0/24', '2001:db8::/32'] })
    for (const address of [HERE, '::ffff:192.0.2.7', '2001:db8:1::1']) {
      punish(100, 'fault', address)
      expect(wait(address)).toBe(0)
    }
    punish(1, 'fault', '192.0.3.7')
    expect(wait('192.0.3.7')).toBe(90)
  })

  it('of IPv4 waits alone, one of IPv6 with its /64', () => {
    const { punish, wait } = penalties()
    punish(1, 'fault')
    expect([wait('::ffff:192.0.2.7'), wait('192.0.2.8')]).toEqual([90, 0])
    for (const host of [':1', '2:3:4:5', 'ffff::']) punish(1, 'failed sign-in', `2001:db8:1:2:${host}`)
    expect([wait('2001:db8:1:2:dead:beef::'), wait('2001:db8:1:3::1')]).toEqual([15, 0])
  })

  it('is named in the log with what it did and how long it waits, once that counts', () => {
    const { punish, logged } = penalties()
    punish(4)
    punish(1, 'grace time over', '2001:db8::1')
    punish(1, 'grace time over', '2001:db8::2')
    expect(logged).toEqual([
      '192.0.2.7 has to wait 15 s before it may connect again: failed sign-in',
      '192.0.2.7 has to wait 20 s before it may connect again: failed sign-in',
      '2001:db8:0:0::/64 has to wait 20 s before it may connect again: grace time over',
    ])
  })

  it('is forgotten when 16384 others of its family offended since, and no other', () => {
    const { punish, wait } = penalties()
    punish(1, 'fault')
    punish(1, 'fault', '2001:db8::1')
    for (let i = 0; i < 16_383; i++) punish(1, 'fault', `10.0.${i >> 8}.${i & 255}`)
    expect(wait()).toBe(90)
    punish(1, 'fault', '198.51.100.1')
    expect([wait(), wait('10.0.0.0'), wait('198.51.100.1'), wait('2001:db8::1')]).toEqual([0, 90, 90, 90])
  })
})

describe('strangers', () => {
  it('are counted by address, IPv6 by /64, until they leave', () => {
    const strangers = new Strangers()
    const enter = (address: string, times: number) =>
      Array.from({ length: times }, () => strangers.enter(address)).filter(Boolean).length
    expect(enter(HERE, 31)).toBe(30)
    expect(enter('192.0.2.8', 1)).toBe(1)
    expect(enter('2001:db8::1', 20) + enter('2001:db8::2', 20)).toBe(30)
    expect(enter('2001:db8:0:1::1', 1)).toBe(1)
    strangers.leave('2001:db8::ffff')
    expect(enter('2001:db8::3', 2)).toBe(1)
  })

  it('are 200 at most in all', () => {
    const strangers = new Strangers()
    for (let i = 0; i < 200; i++) expect(strangers.enter(`10.0.0.${i}`)).toBe(true)
    expect(strangers.enter(HERE)).toBe(false)
    strangers.leave('10.0.0.7')
    expect([strangers.enter(HERE), strangers.enter(HERE)]).toEqual([true, false])
  })
})
